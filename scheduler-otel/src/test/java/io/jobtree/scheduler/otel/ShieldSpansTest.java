package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import io.opentelemetry.api.trace.Span;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A shielded job is a part of the job that waits for it.
final class ShieldSpansTest {
    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void underASpanOfTheBodys_isAChildOfThat_asACallIs() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn("page", () -> {
                        var own = sdk.tracer().spanBuilder("own").startSpan();
                        try (var _ = own.makeCurrent()) {
                            return jobs.shield("save", () -> "done");
                        } finally {
                            own.end();
                        }
                    })
                    .join();
        }

        assertThat(sdk.span("save").getParentSpanId()).isEqualTo(sdk.span("own").getSpanId());
        assertThat(sdk.span("save").getLinks()).isEmpty();
        assertThat(sdk.span("save").getTraceId()).isEqualTo(sdk.span("page").getTraceId());
    }

    @Test
    void jobsBelowIt_hangOnIt_andOnTheCallerWhereItHasNoSpan() throws Exception {
        var telemetry =
                sdk.telemetry().spans(SpanPolicy.matching(job -> !job.name().equals("silent")));
        try (var jobs = Sdk.scheduler(telemetry)) {
            jobs.spawn("page", () -> {
                        inShield(jobs, "save", "below save");
                        inShield(jobs, "silent", "below silent");
                        return "done";
                    })
                    .join();
        }

        assertThat(sdk.span("below save").getParentSpanId())
                .isEqualTo(sdk.span("save").getSpanId());
        assertThat(sdk.span("below silent").getParentSpanId())
                .isEqualTo(sdk.span("page").getSpanId());
    }

    private static void inShield(Scheduler jobs, String name, String below) throws InterruptedException {
        jobs.shield(name, () -> {
            jobs.spawn(below, () -> Span.current()).join();
        });
    }

    @Test
    void itsFailure_isRecordedOnce_andKnownAsTheOriginOfTheCallers() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn(
                            "page",
                            () -> jobs.shield("save", () -> {
                                throw new IllegalStateException("broken");
                            }))
                    .await();
        }

        assertThat(sdk.span("save").getEvents()).hasSize(1);
        assertThat(sdk.span("page").getEvents()).isEmpty();
        assertThat(sdk.span("page").getAttributes().get(stringKey("jobtree.job.failure.origin.span_id")))
                .isEqualTo(sdk.span("save").getSpanId());
    }

    @Test
    void itCounts_inTheTreeOfItsCaller() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().maxPerTree(3))) {
            jobs.spawn("page", () -> {
                        for (int i = 0; i < 5; i++) {
                            jobs.shield("save", () -> "done");
                        }
                        return "done";
                    })
                    .join();
        }

        assertThat(sdk.spans()).hasSize(3);
        assertThat(sdk.span("page").getAttributes().get(longKey("jobtree.tree.suppressed_spans")))
                .isEqualTo(3);
    }

    @Test
    void ofAnotherScheduler_isAChildOfItsCaller() throws Exception {
        try (var jobs = sdk.scheduler();
                var others = sdk.scheduler()) {
            jobs.spawn("page", () -> others.shield("save", () -> "done")).join();
        }

        assertThat(sdk.span("save").getParentSpanId())
                .isEqualTo(sdk.span("page").getSpanId());
    }

    @Test
    void outsideOfJobs_isUnderTheCurrentSpan() throws Exception {
        var request = sdk.tracer().spanBuilder("GET").startSpan();
        try (var jobs = sdk.scheduler();
                var _ = request.makeCurrent()) {
            jobs.shield("save", () -> "done");
        } finally {
            request.end();
        }

        assertThat(sdk.span("save").getParentSpanId()).isEqualTo(sdk.span("GET").getSpanId());
    }

    @Test
    void itIsAChild_alsoWhereRootsAreLinked_outsideOfJobs_andOfAnotherTelemetry() throws Exception {
        var linked = sdk.telemetry().rootRelation(RootRelation.LINK);
        var request = sdk.tracer().spanBuilder("GET").startSpan();
        try (var jobs = sdk.scheduler();
                var others = Sdk.scheduler(linked);
                var _ = request.makeCurrent()) {
            others.shield("save", () -> "done");
            jobs.spawn("page", () -> others.shield("send", () -> "done")).join();
            others.spawn("root", () -> "done").join();
        } finally {
            request.end();
        }

        assertThat(sdk.span("save").getParentSpanId()).isEqualTo(sdk.span("GET").getSpanId());
        assertThat(sdk.span("send").getParentSpanId())
                .isEqualTo(sdk.span("page").getSpanId());
        assertThat(sdk.span("root").getParentSpanContext().isValid()).isFalse();
    }
}
