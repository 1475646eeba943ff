package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What has no span is on one that has, also where several count on the same.
final class SuppressedCountsTest {
    private static final int JOBS = 50;

    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void twoTelemetries_addUpOnTheSpanOfTheirRequest() throws Exception {
        var request = sdk.tracer().spanBuilder("request").startSpan();
        try (var orders = scheduler("orders");
                var mails = scheduler("mails");
                var _ = request.makeCurrent()) {
            for (int i = 0; i < JOBS; i++) {
                orders.spawn("order", () -> "done").join();
                mails.spawn("mail", () -> "done").join();
            }
        }
        request.end();

        assertThat(sdk.spans().size() - 1 + suppressed(sdk.span("request"))).isEqualTo(2 * JOBS);
        assertThat(suppressed(sdk.span("request"))).isPositive();
    }

    @Test
    void rootOfATree_hasWhatIsBelowIt_andWhatItSpawnedElsewhere() throws Exception {
        try (var jobs = scheduler("orders")) {
            jobs.spawn("batch", batch -> {
                        spawnAndJoin(batch, "part");
                        spawnAndJoin(jobs, "mail");
                        return "done";
                    })
                    .join();
        }

        assertThat(sdk.spans().size() + suppressed(sdk.span("batch"))).isEqualTo(1 + 2 * JOBS);
    }

    /// The chunks are roots of trees themselves, that have no span.
    @Test
    void batch_hasItsOwn_andThoseOfItsLinkedChunks() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry()
                .maxPerTree(1)
                .spanBudget(6, 1)
                .relation(job -> job.name().equals("chunk") ? RootRelation.LINK : RootRelation.CHILD))) {
            jobs.spawn("batch", batch -> {
                        for (int i = 0; i < JOBS; i++) {
                            batch.spawn("part", () -> "done").join();
                            batch.spawn(
                                            "chunk",
                                            chunk -> chunk.spawn("part", () -> "done")
                                                    .join())
                                    .join();
                        }
                        return "done";
                    })
                    .join();
        }

        long counted =
                sdk.spans().stream().mapToLong(SuppressedCountsTest::suppressed).sum();
        assertThat(sdk.spans().size() + counted).isEqualTo(1 + 3 * JOBS);
    }

    private Scheduler scheduler(String name) {
        return Scheduler.open(SchedulerOptions.named(name)
                .withObserver(sdk.telemetry().spanBudget(6, 1).build()));
    }

    private static void spawnAndJoin(JobScope scope, String name) throws InterruptedException {
        for (int i = 0; i < JOBS; i++) {
            scope.spawn(name, () -> "done").join();
        }
    }

    private static long suppressed(SpanData span) {
        Long count = span.getAttributes().get(longKey("jobtree.tree.suppressed_spans"));
        return count == null ? 0 : count;
    }
}
