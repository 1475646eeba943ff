package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("R21: what precedes spawn happens-before the body, and the body before join returns")
final class Rule21HappensBeforeTest {
    private static final int TURNS = 5_000;

    /// Plain fields, written without any synchronisation of their own.
    private static final class Plain {
        private int question;
        private int answer;
    }

    /// A way to learn that a job is done.
    private interface Wait {
        @Nullable
        Object on(Job<?> job) throws Exception;
    }

    private static void assertOrdered(Wait wait) throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(2))) {
            for (var turn = 1; turn <= TURNS; turn++) {
                var plain = new Plain();
                plain.question = turn;
                var job = jobs.spawn("job", () -> {
                    plain.answer = 2 * plain.question;
                });
                wait.on(job);
                assertThat(plain.answer).isEqualTo(2 * turn);
            }
        }
    }

    @EachThreadKind
    void writes_areSeenAcrossSpawnAndJoin() throws Exception {
        assertOrdered(Job::join);
    }

    @EachThreadKind
    void writes_areSeenAcrossSpawnAndAwait() throws Exception {
        assertOrdered(Job::await);
    }

    @Tag("slow")
    @EachThreadKind
    void writes_areSeenAcrossSpawnAndIsDone() throws Exception {
        assertOrdered(job -> {
            while (!job.isDone()) {
                Crowd.linger();
            }
            return null;
        });
    }

    @EachThreadKind
    void writes_ofPendingJobsSpawner_areSeenByTheBody() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            for (var turn = 1; turn <= TURNS; turn++) {
                var plain = new Plain();
                jobs.spawn("ahead", () -> {});
                plain.question = turn;
                Callable<Integer> reads = () -> plain.question;
                assertThat(jobs.spawn("pending", reads).join()).isEqualTo(turn);
            }
        }
    }

    @EachThreadKind
    void writes_ofChildren_areSeenAfterTheBranchIsJoined() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(2))) {
            for (var turn = 1; turn <= TURNS / 5; turn++) {
                var plain = new Plain();
                var number = turn;
                Job<Integer> branch = jobs.spawn("branch", scope -> {
                    scope.spawn("child", () -> {
                        plain.answer = number;
                    });
                    return 1;
                });
                branch.join();
                assertThat(plain.answer).isEqualTo(turn);
            }
        }
    }

    /// In a JVM of its own: a compiler takes a plain read out of a loop that reads nothing else, unless it has seen the
    /// other branch taken.
    @Tag("slow")
    @Test
    void startOfAJob_isSeenByAThreadThatLooksForNothingElse(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.util.concurrent.CountDownLatch;
                public class Program {
                    static int look(Job<?> job) {
                        int turns = 0;
                        while (!job.startedAt().isPresent()) turns++;
                        return turns;
                    }
                    public static void main(String[] args) throws Exception {
                        try (var jobs = Scheduler.open(SchedulerOptions.named("s").withLimit(1))) {
                            var hold = new CountDownLatch(1);
                            jobs.spawn("holder", () -> hold.await());
                            var pending = jobs.spawn("pending", () -> 1);
                            var looker = new Thread(() -> System.out.println("seen after " + look(pending)));
                            looker.setDaemon(true);
                            looker.start();
                            // Meanwhile the loop is compiled.
                            looker.join(500);
                            hold.countDown();
                            pending.join();
                            looker.join(5_000);
                        }
                    }
                }
                """);
        assertThat(run.output()).contains("seen after");
        assertThat(run.exitCode()).isZero();
    }
}
