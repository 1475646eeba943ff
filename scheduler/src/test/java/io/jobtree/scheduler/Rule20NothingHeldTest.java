package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Loads the scheduler as an application server does, uses it, and looks whether the application can be unloaded.
@Timeout(150)
@DisplayName("R20: where no scheduler is open, no shutdown hook, thread or class loader is held")
final class Rule20NothingHeldTest {
    /// What the application does before it is stopped.
    enum Use {
        OPEN_AND_CLOSE,
        JOBS,
        BRANCHES,
        DEADLINES_THAT_RAN_OUT,
        DEADLINES_THAT_DID_NOT,
        FAILURES,
        CLOSE_ON_EXIT,
        OBSERVERS,
        FUTURES,
        CANCELLED_BY_CLOSE,
        TWO_SCHEDULERS,
        THREAD_REUSE,
        CONTEXT_CLASS_LOADER
    }

    private static final String APPLICATION = """
            import io.jobtree.scheduler.*;
            import java.time.Duration;
            import java.util.concurrent.*;
            public class Application {
                static SchedulerOptions options() {
                    return SchedulerOptions.named("application").withLimit(2).withFailureHandler((job, failure) -> {});
                }
                public static void run(String use) throws Exception {
                    switch (use) {
                        case "OPEN_AND_CLOSE" -> Scheduler.open(options()).close();
                        case "JOBS" -> {
                            try (var jobs = Scheduler.open(options())) {
                                for (int i = 0; i < 10; i++) jobs.spawn("job", () -> 1);
                            }
                        }
                        case "BRANCHES" -> {
                            try (var jobs = Scheduler.open(options())) {
                                jobs.spawn("branch", scope -> {
                                    Thread.startVirtualThread(() -> scope.spawn("foreign", () -> 1)).join();
                                    return scope.spawn("child", () -> 1).join();
                                });
                            }
                        }
                        case "DEADLINES_THAT_RAN_OUT" -> {
                            try (var jobs = Scheduler.open(options())) {
                                jobs.spawn(JobOptions.named("job").withTimeout(Duration.ofMillis(20)),
                                        () -> Thread.sleep(60_000));
                            }
                        }
                        case "DEADLINES_THAT_DID_NOT" -> {
                            try (var jobs = Scheduler.open(options())) {
                                jobs.spawn(JobOptions.named("job").withTimeout(Duration.ofDays(1)), () -> 1);
                                jobs.spawn("timed join", () -> jobs.spawn("other", () -> 1).join(Duration.ofDays(1)));
                            }
                        }
                        case "FAILURES" -> {
                            try (var jobs = Scheduler.open(options())) {
                                jobs.spawn("job", () -> { throw new IllegalStateException("on purpose"); });
                            }
                        }
                        case "CLOSE_ON_EXIT" -> {
                            try (var jobs = Scheduler.open(options().withCloseOnExit(true))) {
                                jobs.spawn("job", () -> 1);
                            }
                        }
                        case "OBSERVERS" -> {
                            var installation = JobObserver.install(job -> new JobObservation() {});
                            try (var jobs = Scheduler.open(options().withObserver(job -> new JobObservation() {}))) {
                                jobs.spawn("job", () -> 1);
                            }
                            installation.close();
                        }
                        case "FUTURES" -> {
                            try (var jobs = Scheduler.open(options())) {
                                jobs.spawn("job", () -> 1).toCompletableFuture().thenApply(i -> i + 1).get();
                                var slow = jobs.spawn("slow", () -> { Thread.sleep(30); return 1; });
                                slow.toCompletableFuture().orTimeout(1, TimeUnit.MILLISECONDS);
                            }
                        }
                        case "CANCELLED_BY_CLOSE" -> {
                            var jobs = Scheduler.open(options());
                            for (int i = 0; i < 10; i++) jobs.spawn("job", () -> Thread.sleep(60_000));
                            jobs.close(Duration.ZERO);
                        }
                        case "TWO_SCHEDULERS" -> {
                            try (var one = Scheduler.open(options()); var two = Scheduler.open(options())) {
                                one.spawn("job", () -> two.spawn("job", () -> 1).join());
                            }
                        }
                        case "THREAD_REUSE" -> {
                            try (var jobs = Scheduler.open(options().withThreadReuse())) {
                                for (int i = 0; i < 100; i++) jobs.spawn("job", () -> 1);
                            }
                        }
                        case "CONTEXT_CLASS_LOADER" -> {
                            Thread.currentThread().setContextClassLoader(Application.class.getClassLoader());
                            try (var jobs = Scheduler.open(options().withCloseOnExit(true))) {
                                jobs.spawn(JobOptions.named("job").withTimeout(Duration.ofHours(1)), () -> 1);
                            }
                        }
                        default -> throw new AssertionError(use);
                    }
                    if (!Scheduler.all().isEmpty()) {
                        throw new AssertionError(Scheduler.all().toString());
                    }
                }
            }
            """;

    private static void compile(Path directory) throws Exception {
        var file = directory.resolve("Application.java");
        Files.writeString(file, APPLICATION);
        var printed = new ByteArrayOutputStream();
        var status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        printed,
                        printed,
                        "--release",
                        "25",
                        "-cp",
                        UserProgram.classes(),
                        "-d",
                        directory.toString(),
                        file.toString());
        assertThat(status).as("javac: %s", printed).isZero();
    }

    /// Runs the application in a class loader of its own, and forgets it.
    private static WeakReference<ClassLoader> run(Path directory, Use use) throws Exception {
        var urls = new URL[] {
            directory.toUri().toURL(), Path.of(UserProgram.classes()).toUri().toURL()
        };
        var loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        var main = loader.loadClass("Application").getMethod("run", String.class);
        var caller = Actor.start(ThreadKind.PLATFORM, () -> {
            try {
                return main.invoke(null, use.name()) == null;
            } catch (InvocationTargetException e) {
                throw new AssertionError(e.getCause());
            }
        });
        assertThat(caller.result()).isTrue();
        loader.close();
        return new WeakReference<>(loader);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(
            names = {"BRANCHES", "CLOSE_ON_EXIT"},
            mode = EnumSource.Mode.EXCLUDE)
    void classLoader_ofAnyApplicationThatClosedItsSchedulers_isCollected(Use use, @TempDir Path directory)
            throws Exception {
        classLoader_ofAnApplicationThatClosedItsSchedulers_isCollected(use, directory);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(names = {"BRANCHES", "CLOSE_ON_EXIT"})
    void classLoader_ofAnApplicationThatClosedItsSchedulers_isCollected(Use use, @TempDir Path directory)
            throws Exception {
        compile(directory);
        var loader = run(directory, use);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    System.gc();
                    assertThat(loader.refersTo(null))
                            .as("the class loader is gone")
                            .isTrue();
                });
    }

    /// As of an application that is deployed anew, while something keeps what a job gave.
    @Test
    void handlesOfAClosedScheduler_doNotHoldTheContextClassLoaderOfItsOpener() throws Exception {
        var held = new ArrayList<Object>();
        var loader = withLoaderOfItsOwn(() -> openAndClose(held));
        assertCollected(loader);
        assertThat(held).hasSize(4);
    }

    private static void openAndClose(List<Object> held) {
        var jobs = Scheduler.open("closed");
        Job<Integer> branch = jobs.spawn("branch", scope -> {
            held.add(scope);
            Actor.start(() -> scope.spawn("child", () -> 1)).result();
            return 1;
        });
        held.add(branch);
        held.add(branch.toCompletableFuture());
        jobs.close();
        held.add(jobs);
    }

    /// Once that has ended too.
    @Test
    void handleOfAClosedScheduler_thatAJobOutlived_doesNotHoldTheContextClassLoaderOfItsOpener() throws Exception {
        var held = new ArrayList<Job<?>>();
        var mayEnd = new Door();
        var loader = withLoaderOfItsOwn(() -> outliveItsClose(held, mayEnd));
        mayEnd.open();
        Within.outcome(held.getFirst());
        assertCollected(loader);
    }

    private static void outliveItsClose(List<Job<?>> held, Door mayEnd) {
        var jobs = Scheduler.open(SchedulerOptions.named("closed")
                .withCloseTimeout(Duration.ofMillis(1))
                .withFailureHandler((job, failure) -> {}));
        held.add(jobs.spawn("outlives", mayEnd::passIgnoringInterrupts));
        while (held.getFirst().state() != JobState.RUNNING) {
            Thread.onSpinWait();
        }
        try (var _ = new RecordedLog()) {
            jobs.close(Duration.ZERO);
        }
    }

    /// Runs it on a thread whose context class loader nobody else holds.
    @SuppressWarnings("resource") // closed by its class loader's end
    private static WeakReference<ClassLoader> withLoaderOfItsOwn(Runnable use) throws Exception {
        var loader = new URLClassLoader(new URL[0], Rule20NothingHeldTest.class.getClassLoader());
        Actor.start(ThreadKind.PLATFORM, () -> {
                    Thread.currentThread().setContextClassLoader(loader);
                    use.run();
                    return null;
                })
                .result();
        return new WeakReference<>(loader);
    }

    private static void assertCollected(WeakReference<ClassLoader> loader) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            System.gc();
            assertThat(loader.refersTo(null)).isTrue();
        });
    }

    /// The hook is there while a scheduler is open, and is asked of the JDK itself.
    @Test
    void shutdownHook_isGoneWithTheLastScheduler(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.util.*;
                public class Program {
                    static int hooks() throws Exception {
                        var field = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
                        field.setAccessible(true);
                        return ((Map<?, ?>) field.get(null)).size();
                    }
                    public static void main(String[] args) throws Exception {
                        int before = hooks();
                        for (int i = 0; i < 3; i++) {
                            var one = Scheduler.open("one");
                            var two = Scheduler.open(SchedulerOptions.named("two").withCloseOnExit(true));
                            System.out.println("open " + (hooks() > before));
                            one.close();
                            two.close();
                            System.out.println("closed " + (hooks() - before));
                        }
                    }
                }
                """, "--add-opens=java.base/java.lang=ALL-UNNAMED");
        assertThat(run.output()).contains("open true").doesNotContain("open false");
        assertThat(run.output().lines().filter(line -> line.startsWith("closed")))
                .containsOnly("closed 0");
        assertThat(run.exitCode()).isZero();
    }

    /// Neither a pending deadline nor a scheduler that is open keeps the JVM.
    @Tag("slow")
    @Test
    void deadlines_keepNoJvm(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                public class Program {
                    public static void main(String[] args) throws Exception {
                        var jobs = Scheduler.open("left open");
                        jobs.spawn(JobOptions.named("job").withTimeout(Duration.ofHours(1)), () -> Thread.sleep(3_600_000));
                        jobs.spawn(JobOptions.named("job").withTimeout(Duration.ofMillis(1)), () -> Thread.sleep(3_600_000))
                                .await();
                        System.out.println("main is over");
                    }
                }
                """);
        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).contains("main is over").contains("'left open'");
    }

    /// All threads of the process that are none of the JDK's or the tests' own.
    @Tag("full")
    @Test
    void threads_areGone_whenNoSchedulerIsOpen(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                import java.util.*;
                import java.util.stream.*;
                public class Program {
                    static Set<String> threads() {
                        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                                .filter(name -> !name.startsWith("ForkJoinPool") && !name.startsWith("VirtualThread")
                                        && !name.startsWith("CompletableFuture") && !name.startsWith("Read-Poller")
                                        && !name.startsWith("Write-Poller") && !name.startsWith("Common-Cleaner"))
                                .collect(Collectors.toCollection(TreeSet::new));
                    }
                    public static void main(String[] args) throws Exception {
                        var before = threads();
                        try (var jobs = Scheduler.open(SchedulerOptions.named("s").withCloseOnExit(true)
                                .withFailureHandler((job, failure) -> {}))) {
                            jobs.spawn(JobOptions.named("job").withTimeout(Duration.ofMillis(20)), () -> Thread.sleep(9_999));
                            jobs.spawn(JobOptions.named("job").withTimeout(Duration.ofDays(1)), () -> 1);
                        }
                        var left = threads();
                        for (int i = 0; i < 50 && !before.containsAll(left); i++) {
                            Thread.sleep(100);
                            left = threads();
                        }
                        left.removeAll(before);
                        System.out.println("left " + left);
                    }
                }
                """);
        assertThat(run.output()).contains("left []");
    }

    /// A thread that an application has made may be in a group of the application's own class, of low priority.
    @Test
    void threadsOfTheEngine_haveNothingOfTheThreadThatHasThemMade(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                public class Program {
                    public static void main(String[] args) throws Exception {
                        var group = new ThreadGroup("application");
                        group.setMaxPriority(Thread.MIN_PRIORITY);
                        var application = new Thread(group, () -> {
                            var options = SchedulerOptions.named("application").withFailureHandler((job, failure) -> {});
                            try (var jobs = Scheduler.open(options)) {
                                jobs.spawn(JobOptions.named("late").withTimeout(Duration.ofHours(1)), () -> Thread.sleep(3_600_000));
                                jobs.spawn(JobOptions.named("soon").withTimeout(Duration.ofMillis(1)), () -> Thread.sleep(3_600_000))
                                        .await();
                                for (var thread : Thread.getAllStackTraces().keySet()) {
                                    if (thread.getName().startsWith("jobtree-")) {
                                        System.out.println(thread.getName() + " " + thread.getPriority()
                                                + " " + thread.getThreadGroup().getName());
                                    }
                                }
                                jobs.close(Duration.ZERO);
                            } catch (InterruptedException e) {
                                e.printStackTrace();
                            }
                        });
                        application.start();
                        application.join();
                    }
                }
                """);
        assertThat(run.output().lines())
                .contains("jobtree-timer 5 system")
                .allMatch(line -> line.endsWith(" 5 system"));
    }
}
