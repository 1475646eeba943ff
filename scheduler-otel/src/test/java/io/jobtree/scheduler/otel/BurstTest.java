package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobOptions;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class BurstTest {
    private static final int JOBS = 100_000;
    private static final int EVERY_FAILING = 1_000;
    private static final Duration SLOW = Duration.ofMillis(200);

    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Tag("slow")
    @Test
    void aHundredThousandJobs_haveExactMetrics_andAllRootsAndFailuresAreExported() throws Exception {
        try (var jobs = sdk.scheduler()) {
            for (int root = 0; root < 2; root++) {
                var options = JobOptions.named("burst").withSupervision().withChildLimit(64);
                jobs.spawn(options, scope -> {
                            for (int i = 0; i < JOBS / 2; i++) {
                                int number = i;
                                scope.spawn("leaf", () -> work(number));
                            }
                            return "over";
                        })
                        .join();
            }
        }

        assertThat(sdk.active()).isZero();
        assertThat(sdk.count("jobtree.job.duration")).isEqualTo(JOBS + 2);
        assertThat(sdk.count("jobtree.job.queue.duration")).isEqualTo(JOBS + 2);
        assertThat(roots()).isEqualTo(2);
        assertThat(failures()).isEqualTo(JOBS / EVERY_FAILING);
        assertSuppressedAreCounted();
    }

    private static int work(int number) throws IOException {
        if (number % EVERY_FAILING == EVERY_FAILING - 1) {
            throw new IOException("leaf " + number);
        }
        return number;
    }

    private long roots() {
        return sdk.spans().stream()
                .filter(span -> span.getName().equals("burst"))
                .count();
    }

    private long failures() {
        return sdk.spans().stream()
                .filter(span -> span.getStatus().getStatusCode() == StatusCode.ERROR)
                .filter(span -> span.getEvents().size() == 1)
                .count();
    }

    /// What is exported and what the roots say is missing make up all jobs.
    private void assertSuppressedAreCounted() {
        long missing = sdk.spans().stream()
                .filter(span -> span.getName().equals("burst"))
                .mapToLong(span -> {
                    Long suppressed = span.getAttributes().get(longKey("jobtree.tree.suppressed_spans"));
                    return suppressed == null ? 0 : suppressed;
                })
                .sum();
        assertThat(sdk.spans().size() + missing).isEqualTo(JOBS + 2);
        assertThat(sdk.spans()).hasSizeLessThan(2 * 1_000 + JOBS / EVERY_FAILING + 1);
    }

    @Test
    void suppressedJobs_passTheContextOfTheJobAboveThrough() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().maxPerTree(1))) {
            var id = jobs.spawn(
                    "root",
                    root -> root.spawn(
                                    "child",
                                    child -> child.spawn(
                                                    "leaf",
                                                    () -> Span.current()
                                                            .getSpanContext()
                                                            .getSpanId())
                                            .join())
                            .join());
            assertThat(id.join()).isEqualTo(sdk.span("root").getSpanId());
        }

        assertThat(sdk.spans()).hasSize(1);
        assertThat(sdk.span("root").getAttributes().get(longKey("jobtree.tree.suppressed_spans")))
                .isEqualTo(2);
    }

    @Test
    void suppressedFailure_hasItsTrueStart_howeverLongAHookTakes() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().maxPerTree(1).expectedFailures((_, _) -> sleep()))) {
            jobs.spawn(
                            JobOptions.named("root").withSupervision(),
                            root -> root.spawn("child", () -> {
                                        sdk.tracer()
                                                .spanBuilder("inside")
                                                .startSpan()
                                                .end();
                                        throw new IOException("late");
                                    })
                                    .await())
                    .join();
        }

        assertThat(sdk.span("child").getStartEpochNanos())
                .isLessThan(sdk.span("inside").getStartEpochNanos() + SLOW.toNanos() / 2);
    }

    private static boolean sleep() {
        try {
            Thread.sleep(SLOW);
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void suppressedFailure_getsALateSpanWithItsTrueStart() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().maxPerTree(1))) {
            var root = JobOptions.named("root").withSupervision();
            jobs.spawn(root, scope -> {
                        var child = scope.spawn("child", () -> {
                            Thread.sleep(Duration.ofMillis(30));
                            throw new IOException("late");
                        });
                        return child.await();
                    })
                    .join();
        }

        var late = sdk.span("child");
        assertThat(late.getParentSpanId()).isEqualTo(sdk.span("root").getSpanId());
        assertThat(late.getEndEpochNanos() - late.getStartEpochNanos()).isGreaterThanOrEqualTo(30_000_000L);
        assertThat(late.getStartEpochNanos())
                // Clocks are set now and then.
                .isBetween(
                        sdk.span("root").getStartEpochNanos() - 1_000_000_000L,
                        sdk.span("root").getEndEpochNanos());
        assertThat(late.getAttributes().get(stringKey("jobtree.job.path"))).isEqualTo("orders/root/child");
        assertThat(late.getEvents()).hasSize(1);
        assertThat(sdk.span("root").getAttributes().get(longKey("jobtree.tree.suppressed_spans")))
                .isNull();
    }
}
