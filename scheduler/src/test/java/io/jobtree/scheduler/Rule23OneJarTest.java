package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag(TestOptions.FRESH_THREADS)
@DisplayName("R23: one jar runs on every JDK from 25 on, without a flag; no public type mentions a preview type")
final class Rule23OneJarTest {
    /// What javac writes into a class file that uses a preview feature.
    private static final int PREVIEW_MARK = 0xFFFF;

    private static final String PROGRAM = """
            import io.jobtree.scheduler.*;
            import java.time.Duration;
            import java.util.concurrent.RejectedExecutionException;

            public class Program {
                static final Limit FILES = Limit.of("files", 2);

                public static void main(String[] args) throws Exception {
                    JobObserver observer = job -> new JobObservation() {
                        @Override
                        public void ended(Outcome<?> outcome) {
                            switch (outcome) {
                                case Outcome.Succeeded<?>(var value) -> System.out.println(job.path() + " gave " + value);
                                case Outcome.Failed<?>(var failure) -> System.out.println(job.path() + " failed");
                                case Outcome.Cancelled<?>(var reason, var origin) -> System.out.println(reason);
                            }
                        }
                    };
                    FailureHandler handler = (job, failure) -> System.out.println(job + " " + failure);
                    try (var installed = JobObserver.install(observer);
                            var jobs = Scheduler.open(SchedulerOptions.named("user").withFailureHandler(handler))) {
                        Job<String> page = jobs.spawn(JobOptions.named("page").withSupervision(), scope -> {
                            var user = scope.spawn(JobOptions.named("user").withSharedLimit(FILES), () -> "Ada");
                            var cart = scope.spawn("cart", () -> 3);
                            return user.join() + " has " + cart.join();
                        });
                        System.out.println(page.join());
                        System.out.println(jobs.shield("shielded", () -> "shielded"));
                        System.out.println(jobs.tree() + " " + page.tree() + " " + Job.current());
                        jobs.spawn("sleeper", () -> Thread.sleep(60_000)).cancelAndJoin(Duration.ofSeconds(10));
                        jobs.close(Duration.ofSeconds(5));
                        jobs.spawn("late", () -> {});
                    } catch (RejectedExecutionException expected) {
                        System.out.println("rejected: " + expected.getMessage());
                    }
                }
            }
            """;

    private static Stream<Jdk> jdks() throws IOException {
        return Jdk.found().stream();
    }

    private static Stream<Jdk> otherJdks() throws IOException {
        return Jdk.others().stream();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void userProgram_onTheClassPath_runsWithoutAFlag(Jdk jdk, @TempDir Path directory) throws Exception {
        var program = UserProgram.compile(directory, PROGRAM);
        assertWorks(jdk.java(directory, program.onClassPath()));
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("jdks")
    void userProgram_onTheModulePath_runsWithoutAFlag(Jdk jdk, @TempDir Path directory) throws Exception {
        var program = UserProgram.compileModule(directory, PROGRAM);
        assertWorks(jdk.java(directory, program.onModulePath()));
    }

    @Tag("slow")
    @Test
    void userProgram_inAnImageMadeByJlink_runsWithoutAFlag(@TempDir Path directory) throws Exception {
        assertRunsInAnImage(Jdk.own(), directory);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("otherJdks")
    @Tag("full")
    void userProgram_inAnImageOfAnotherJdk_runsWithoutAFlag(Jdk jdk, @TempDir Path directory) throws Exception {
        assertRunsInAnImage(jdk, directory);
    }

    private static void assertRunsInAnImage(Jdk jdk, Path directory) throws Exception {
        var program = UserProgram.compileModule(directory, PROGRAM);
        var image = directory.resolve("image");
        var arguments = List.of("-p", program.modulePath(), "--add-modules", "user", "--output", image.toString());
        jdk.run(directory, "jlink", arguments).assertSucceeded();
        takeNativeFiles(image, jdk.home());
        assertWorks(new Jdk(image).java(directory, List.of("-m", "user/user." + UserProgram.NAME)));
    }

    /// Takes those of the JDK itself: one that was unpacked beside a C library of its own is linked with that, and
    /// what `jlink` finds in its archives is not.
    private static void takeNativeFiles(Path image, Path home) throws IOException {
        try (var files = Files.walk(image)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var original = home.resolve(image.relativize(file));
                if (file.toString().endsWith(".so") || file.endsWith(Path.of("bin", "java"))) {
                    Files.copy(original, file, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static void assertWorks(Jdk.Run run) {
        assertThat(run.assertSucceeded().output())
                .contains("Ada has 3")
                .contains("user/page/cart gave 3")
                .contains("shielded")
                .contains("REQUESTED")
                .contains("rejected: ")
                .doesNotContain("WARNING");
    }

    @Test
    void classFiles_areNotMarkedAsPreview_andPublicTypesMentionNoPreviewType() throws Exception {
        var checked = new ArrayList<String>();
        var folder = Path.of(UserProgram.classes());
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            for (var file : classFiles(folder)) {
                var name =
                        folder.relativize(file).toString().replace(".class", "").replace('/', '.');
                var type = Class.forName(name, false, loader);
                assertThat(minorVersion(file)).as("the mark of %s", name).isNotEqualTo(PREVIEW_MARK);
                if (Modifier.isPublic(type.getModifiers())) {
                    assertThat(signatures(type)).noneMatch(text -> text.contains("StructuredTaskScope"));
                    checked.add(type.getSimpleName());
                }
            }
        }
        assertThat(checked).contains("Scheduler", "Job", "JobScope", "JobOptions", "Limit", "Outcome", "JobTree");
    }

    private static List<Path> classFiles(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("module-info.class"))
                    .toList();
        }
    }

    private static int minorVersion(Path file) throws IOException {
        return Short.toUnsignedInt(ByteBuffer.wrap(Files.readAllBytes(file)).getShort(4));
    }

    private static List<String> signatures(Class<?> type) {
        var signatures = new ArrayList<String>();
        for (var method : type.getMethods()) {
            signatures.add(method.toGenericString());
        }
        for (var constructor : type.getConstructors()) {
            signatures.add(constructor.toGenericString());
        }
        for (var field : type.getFields()) {
            signatures.add(field.toGenericString());
        }
        signatures.add(String.valueOf(type.getGenericSuperclass()));
        return signatures;
    }
}
