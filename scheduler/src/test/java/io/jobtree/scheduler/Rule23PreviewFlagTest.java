package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag(TestOptions.FRESH_THREADS)
@DisplayName(
        "R23: users compile without --enable-preview; run without it, opening a scheduler says which flag is needed")
final class Rule23PreviewFlagTest {
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
                            var user = scope.spawn(JobOptions.named("user").withLimit(FILES), () -> "Ada");
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

    @Test
    void userProgram_compiledWithoutTheFlag_runsWithIt(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, PROGRAM, "--enable-preview");
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("Ada has 3")
                .contains("user/page/cart gave 3")
                .contains("shielded")
                .contains("REQUESTED")
                .contains("rejected: ");
    }

    @Test
    void userProgram_runWithoutTheFlag_isToldWhichOneIsNeeded(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                public class Program {
                    public static void main(String[] args) {
                        for (var i = 0; i < 2; i++) {
                            try {
                                Scheduler.open("user");
                                System.out.println("opened");
                            } catch (IllegalStateException expected) {
                                System.out.println("refused: " + expected.getMessage());
                            }
                        }
                        System.out.println(Scheduler.all());
                    }
                }
                """);
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output().lines().filter(line -> line.startsWith("refused: ")))
                .as(run.output())
                .hasSize(2)
                .allMatch(line -> line.contains("--enable-preview"));
        assertThat(run.output()).contains("[]").doesNotContain("opened");
    }

    @Test
    void publicTypes_areNotMarkedAsPreview_andMentionNoPreviewType() throws Exception {
        var checked = new ArrayList<String>();
        var folder = Path.of(ForkedJvm.classes());
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            for (var file : classFiles(folder)) {
                var name =
                        folder.relativize(file).toString().replace(".class", "").replace('/', '.');
                var type = Class.forName(name, false, loader);
                if (Modifier.isPublic(type.getModifiers())) {
                    assertThat(minorVersion(file)).as("the mark of %s", name).isNotEqualTo(PREVIEW_MARK);
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
