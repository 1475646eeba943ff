package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
@DisplayName("R27: names are printed with control characters escaped: in logs, messages, trees, thread names, reports")
final class Rule27NamesTest {
    private final Door hold = new Door();

    @AfterEach
    void letGo() {
        hold.open();
    }

    static Stream<String> hostileNames() {
        return Stream.of(
                "a\nERROR forged",
                "a\r\nforged",
                "a\rforged",
                "a\tb",
                "a\u001b[31mred",
                "a\u0000b",
                "a\u0007\bb",
                "a\u007fb",
                "a\u0085b",
                "a\u009b31m");
    }

    private static void assertNoControl(String what, String printed) {
        assertThat(printed.chars().filter(Character::isISOControl))
                .as("control characters in %s: %s", what, printed)
                .isEmpty();
    }

    /// A picture has line ends of its own, one for each job.
    private static void assertLines(String what, int lines, String printed) {
        assertThat(printed.lines()).as(what).hasSize(lines);
        assertNoControl(what, printed.replace("\n", ""));
    }

    private static SchedulerOptions options(String name) {
        return TestOptions.named(name)
                .withLimit(1)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withCloseTimeout(Duration.ofMillis(50));
    }

    @ParameterizedTest
    @MethodSource("hostileNames")
    void name_isKeptAsItIs(String name) throws Exception {
        try (var jobs = Scheduler.open(options(name));
                AutoCloseable _ = this::letGo) {
            assertThat(jobs.name()).isEqualTo(name);
            assertThat(jobs.spawn(name, () -> 1).name()).isEqualTo(name);
            assertThat(Limit.of(name, 1).name()).isEqualTo(name);
            assertThat(JobOptions.named(name).name()).contains(name);
        }
    }

    @ParameterizedTest
    @MethodSource("hostileNames")
    void messages_haveItEscaped(String name) throws Exception {
        var jobs = Scheduler.open(options(name).withFailureHandler((job, failure) -> {}));
        var failed = jobs.spawn(name, () -> {
            throw new IllegalStateException("broken");
        });
        Within.outcome(failed);
        assertThatThrownBy(failed::join)
                .isInstanceOf(JobFailedException.class)
                .satisfies(thrown -> assertNoControl("failed", "" + thrown.getMessage()));
        var running = jobs.spawn(name, hold::pass);
        assertThatThrownBy(() -> running.join(Duration.ofMillis(1)))
                .isInstanceOf(TimeoutException.class)
                .satisfies(thrown -> assertNoControl("timed out", "" + thrown.getMessage()));
        var pending = jobs.spawn(name, () -> 1);
        pending.cancel();
        assertThatThrownBy(() -> pending.join(TestOptions.LONG))
                .isInstanceOf(JobCancelledException.class)
                .satisfies(thrown -> assertNoControl("cancelled", "" + thrown.getMessage()));
        var late = jobs.spawn(JobOptions.named(name).withTimeout(Duration.ofMillis(1)), () -> 1);
        assertThat(((Outcome.Failed<?>) Within.outcome(late)).failure())
                .satisfies(thrown -> assertNoControl("deadline", "" + thrown.getMessage()));
        assertNoControl("toString of the scheduler", jobs.toString());
        assertNoControl("toString of a job", running.toString());
        assertNoControl("toString of a limit", Limit.of(name, 1).toString());
        assertNoControl("toString of options", JobOptions.named(name).toString());
        assertNoControl("toString of options", options(name).toString());
        var itself = new CompletableFuture<Throwable>();
        hold.open();
        Within.outcome(running);
        Within.outcome(jobs.spawn(name, () -> {
            try {
                Job.current().orElseThrow().join();
            } catch (IllegalStateException e) {
                itself.complete(e);
            }
        }));
        assertNoControl("join of oneself", "" + itself.join().getMessage());
        jobs.close();
        assertThatThrownBy(() -> jobs.spawn(name, () -> 1))
                .isInstanceOf(RejectedExecutionException.class)
                .satisfies(thrown -> assertNoControl("refused", "" + thrown.getMessage()));
    }

    @ParameterizedTest
    @MethodSource("hostileNames")
    void trees_haveItEscaped_andOneLineForEachJob(String name) throws Exception {
        try (var jobs = Scheduler.open(options(name));
                AutoCloseable _ = this::letGo) {
            var inside = new Door();
            Job<Integer> branch = jobs.spawn(name, scope -> {
                scope.spawn(JobOptions.named(name).withSharedLimit(Limit.of(name, 1)), () -> {
                    inside.open();
                    hold.pass();
                });
                hold.pass();
                return 1;
            });
            inside.pass();
            jobs.spawn(name, () -> 1);
            assertLines("tree of the scheduler", 4, jobs.tree().toString());
            assertLines("tree of a job", 2, branch.tree().toString());
            assertThat(jobs.tree().note()).matches("open, \\d active, \\d pending");
            hold.open();
        }
    }

    @ParameterizedTest
    @MethodSource("hostileNames")
    void threadNames_haveItEscaped(String name, @TempDir Path directory) throws Exception {
        try (var jobs = Scheduler.open(options(name));
                AutoCloseable _ = this::letGo) {
            var inside = new Door();
            var threads = new CompletableFuture<String>();
            jobs.spawn(name, scope -> {
                threads.complete(Thread.currentThread().getName());
                Within.call(() -> scope.spawn(name, () -> {
                    inside.open();
                    hold.pass();
                }));
                hold.pass();
                return 1;
            });
            inside.pass();
            assertNoControl("thread", threads.join());
            var dump = ThreadDump.take(directory);
            for (var container : dump.byId().values()) {
                assertNoControl("container", container.name());
                container.threads().forEach(thread -> assertNoControl("thread", thread));
            }
            hold.open();
        }
    }

    @ParameterizedTest
    @MethodSource("hostileNames")
    void logs_haveItEscaped(String name) throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(options(name).withObserver(new Hooks().onEnded((job, outcome) -> {
                        throw new IllegalStateException("a hook's own");
                    })));
            Within.outcome(jobs.spawn(name, () -> {
                throw new IllegalStateException("broken");
            }));
            var running = new Door();
            jobs.spawn(name, () -> {
                running.open();
                hold.passIgnoringInterrupts();
            });
            running.pass();
            Within.call(() -> jobs.close(Duration.ZERO));
            assertThat(log.records()).hasSizeGreaterThanOrEqualTo(3);
            for (var record : log.records()) {
                assertNoControl("log", record.getMessage());
                for (var thrown = record.getThrown(); thrown != null; thrown = thrown.getCause()) {
                    assertNoControl("logged throwable", "" + thrown.getMessage());
                }
            }
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("hostileNames")
    void reports_haveItEscaped(String name) throws Exception {
        var failures = new RecordedFailures();
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(options(name).withFailureHandler(failures));
            var running = new Door();
            jobs.spawn(name, () -> {
                running.open();
                hold.passIgnoringInterrupts();
            });
            running.pass();
            Within.call(() -> jobs.close(Duration.ZERO));
            var report = failures.await(1).getFirst();
            assertThat(report.failure()).isInstanceOf(StragglerException.class);
            assertNoControl("straggler", "" + report.failure().getMessage());
            assertThat(log.records()).isNotEmpty();
        }
    }

    /// The default handler prints the failure; what a body says in its own message is its own.
    @Test
    void handlerThatThrows_isLoggedWithTheNameEscaped() throws Exception {
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(options("a\nforged").withFailureHandler((job, failure) -> {
                    throw new IllegalStateException("the handler's own");
                }));
                AutoCloseable _ = this::letGo) {
            Within.outcome(jobs.spawn("b\nforged", () -> {
                throw new IllegalStateException("broken");
            }));
            Within.isTrue(() -> !log.records().isEmpty());
            for (var record : log.records()) {
                assertNoControl("log", record.getMessage());
                assertNoControl("logged throwable", "" + record.getThrown().getMessage());
            }
        }
    }

    @Test
    void tagsAndPictures_haveItEscaped() {
        var evil = "name\nforged";
        assertThat(JobOptions.named("job").withTag(evil, evil).toString()).doesNotContain("\n");
        var ref = new JobTree.Ref(1, evil);
        assertThat(ref.toString()).doesNotContain("\n");
        assertThat(new JobTree.Wait(JobTree.Kind.JOB, evil, false, List.of(ref)).toString())
                .doesNotContain("\n");
    }

    @Test
    void blankNames_areRefused_withTheirControlCharactersEscaped() {
        assertThatThrownBy(() -> JobOptions.named("\n\t"))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(thrown -> assertNoControl("blank", "" + thrown.getMessage()));
    }

    /// A name of 100 KB is a name.
    @EachThreadKind
    void nameOfAHundredKilobytes_isCarriedEverywhere() throws Exception {
        var name = "n".repeat(100_000);
        var printed = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(options(name).withFailureHandler((job, failure) -> {}));
            var inside = new Door();
            Job<Integer> branch = jobs.spawn(name, scope -> {
                scope.spawn(JobOptions.named(name).withTag(name, name).withSharedLimit(Limit.of(name, 1)), () -> {
                    inside.open();
                    hold.passIgnoringInterrupts();
                });
                return 1;
            });
            inside.pass();
            assertThat(branch.name()).isEqualTo(name);
            assertThat(jobs.tree().size()).isEqualTo(2);
            printed.print(jobs.tree());
            assertThat(printed.checkError()).isFalse();
            assertThat(branch.children().getFirst().name()).isEqualTo(name);
            Within.call(() -> jobs.close(Duration.ZERO));
            hold.open();
            Within.outcome(branch);
            assertThat(log.records()).isNotEmpty();
        }
    }

    /// Text beyond control characters is the user's.
    @Test
    void lettersOfAllScripts_areLeftAlone() throws Exception {
        var name = "заказ 注文 👩‍👩‍👧 é\\n";
        try (var jobs = Scheduler.open(options(name));
                AutoCloseable _ = this::letGo) {
            jobs.spawn(name, hold::pass);
            assertThat(jobs.tree().toString()).contains("заказ 注文 👩‍👩‍👧 é");
            hold.open();
        }
    }
}
