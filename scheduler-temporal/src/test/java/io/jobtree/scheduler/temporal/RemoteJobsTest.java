package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Jobs whose bodies run in a worker, both in this JVM.
final class RemoteJobsTest {
    private static final String QUEUE = "quick";
    private static final RemoteOptions ONCE = Engine.once(QUEUE);
    private static final RemoteTask<String, Integer> LENGTH =
            RemoteTask.of("length", String.class, int.class, (_, text) -> text.length());

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = new Engine();
        engine.worker(QUEUE, Work.UPPER, Work.FAIL, LENGTH);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void result_isThatOfTheBodyElsewhere() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("shout", engine.remote.activity(Work.UPPER, "a", ONCE));

            assertThat(job.path()).isEqualTo("local/shout");
            assertThat(job.join()).isEqualTo("A");
        }
    }

    @Test
    void failure_isRemoteFailureWithTypeStackAndCause() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("fail", engine.remote.activity(Work.FAIL, "bad", ONCE));

            assertThat(job.await()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                assertThat(failed.failure()).isInstanceOfSatisfying(RemoteFailure.class, failure -> {
                    assertThat(failure.type()).isEqualTo("java.lang.IllegalStateException");
                    assertThat(failure).hasMessage("java.lang.IllegalStateException: bad");
                    assertThat(failure.getStackTrace()[0].getClassName()).isEqualTo(Work.class.getName());
                    assertThat(failure).hasRootCauseMessage("java.lang.NumberFormatException: cause of bad");
                });
            });
        }
    }

    @Test
    void batch_givesResultsInOrder() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("all", engine.remote.activities(Work.UPPER, List.of("a", "b", "c"), ONCE));

            assertThat(job.join()).containsExactly("A", "B", "C");
        }
    }

    @Test
    void batchOfPrimitives_givesThem() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("all", engine.remote.activities(LENGTH, List.of("a", "bc"), ONCE));

            assertThat(job.join()).containsExactly(1, 2);
        }
    }

    @Test
    void emptyBatch_givesNothing() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("none", engine.remote.activities(Work.UPPER, List.<String>of(), ONCE));

            assertThat(job.join()).isEmpty();
        }
    }

    @Test
    void tasksOfOneName_areRefused() {
        assertThatThrownBy(() -> engine.open("none", Work.UPPER, Work.FAIL, Work.UPPER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("upper");
    }
}
