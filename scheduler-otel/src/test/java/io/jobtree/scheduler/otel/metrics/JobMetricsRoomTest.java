package io.jobtree.scheduler.otel.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.otel.compat.Target;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JobMetricsRoomTest {
    private static final int NAMES = 700;
    private static final int ROOM = 1_900;
    private static final List<Outcome<?>> OUTCOMES = List.of(
            new Outcome.Succeeded<>("done"),
            new Outcome.Failed<>(new IllegalStateException("broken")),
            new Outcome.Cancelled<>(CancelReason.CLOSED, Optional.empty()));

    @Test
    void whatThereWasNoRoomFor_leavesNoneWhenItExpires() throws Exception {
        try (var jobs = Scheduler.open("orders");
                var metrics = new JobMetrics(
                        OpenTelemetry.noop().getMeter("test"), new Target(1, 1), Duration.ofNanos(1), _ -> {})) {
            var job = jobs.spawn("order", () -> "done");
            for (int name = 0; name < NAMES; name++) {
                record(metrics, job, "name " + name);
            }
            assertThat(NAMES * OUTCOMES.size()).isGreaterThan(ROOM);
            assertThat(metrics.durationSets().hasRoom()).isFalse();

            // The first look sees that there were jobs.
            metrics.observe((_, _) -> {});
            metrics.observe((_, _) -> {});

            assertThat(metrics.knows("orders")).isFalse();
            assertThat(metrics.durationSets().tryAdd(ROOM)).isTrue();
            assertThat(metrics.durationSets().hasRoom()).isFalse();
        }
    }

    private static void record(JobMetrics metrics, Job<?> job, String name) {
        for (var outcome : OUTCOMES) {
            var series = metrics.spawned(job, job.options(), name, Attributes.empty());
            series.started();
            series.ended(outcome, false, 1, Context.root());
        }
    }
}
