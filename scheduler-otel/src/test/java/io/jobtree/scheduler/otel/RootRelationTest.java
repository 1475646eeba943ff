package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RootRelationTest {
    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void link_isANewTraceWithALinkToTheSpawner() throws Exception {
        runUnderRequest(sdk.telemetry().rootRelation(RootRelation.LINK));

        assertThat(root().getTraceId()).isNotEqualTo(request().getTraceId());
        assertThat(root().getParentSpanContext().isValid()).isFalse();
        assertThat(root().getLinks())
                .singleElement()
                .satisfies(link ->
                        assertThat(link.getSpanContext()).isEqualTo(request().getSpanContext()));
        assertThat(sdk.span("child").getTraceId()).isEqualTo(root().getTraceId());
    }

    @Test
    void child_isTheDefault_andInTheSpawnersTrace() throws Exception {
        runUnderRequest(sdk.telemetry());

        assertThat(root().getParentSpanContext()).isEqualTo(request().getSpanContext());
        assertThat(root().getLinks()).isEmpty();
    }

    @Test
    void none_isANewTraceWithoutALink() throws Exception {
        runUnderRequest(sdk.telemetry().rootRelation(RootRelation.NONE));

        assertThat(root().getTraceId()).isNotEqualTo(request().getTraceId());
        assertThat(root().getParentSpanContext().isValid()).isFalse();
        assertThat(root().getLinks()).isEmpty();
    }

    @Test
    void none_withoutASpanOfItsOwn_doesNotLeadIntoTheSpawnersTrace() throws Exception {
        runUnderRequest(sdk.telemetry().rootRelation(RootRelation.NONE).spans(SpanPolicy.none()));

        assertThat(sdk.span("in the child").getParentSpanContext().isValid()).isFalse();
        assertThat(sdk.span("in the child").getTraceId()).isNotEqualTo(request().getTraceId());
    }

    @ParameterizedTest
    @EnumSource
    void baggage_survivesInEach_andBecomesAttributesOnRequest(RootRelation relation) throws Exception {
        var seen = runUnderRequest(sdk.telemetry().rootRelation(relation).baggageAttributes("tenant", "absent"));

        assertThat(seen).isEqualTo("acme");
        assertThat(root().getAttributes().get(stringKey("tenant"))).isEqualTo("acme");
        assertThat(sdk.span("child").getAttributes().get(stringKey("tenant"))).isEqualTo("acme");
        assertThat(root().getAttributes().get(stringKey("absent"))).isNull();
        assertThat(root().getAttributes().get(stringKey("other"))).isNull();
    }

    @Test
    void rootJob_ofAnotherScheduler_isAChildOfTheJobThatSpawnedIt() throws Exception {
        try (var jobs = sdk.scheduler();
                var others = sdk.scheduler()) {
            jobs.spawn("root", () -> others.spawn("child", () -> "done").join()).join();
        }

        assertThat(sdk.span("child").getParentSpanContext()).isEqualTo(root().getSpanContext());
        assertThat(sdk.span("child").getLinks()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shieldedJob_isAChildOfItsCaller(RootRelation relation) throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().rootRelation(relation))) {
            jobs.spawn("root", () -> jobs.shield("child", () -> "done")).join();
        }

        assertThat(sdk.span("child").getParentSpanContext()).isEqualTo(root().getSpanContext());
        assertThat(sdk.span("child").getLinks()).isEmpty();
    }

    @Test
    void rootJob_thatAJobSpawns_isNoShieldedOne() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().rootRelation(RootRelation.LINK))) {
            jobs.spawn("root", () -> jobs.spawn("child", () -> "done").join()).join();
        }

        assertThat(sdk.span("child").getTraceId()).isNotEqualTo(root().getTraceId());
        assertLinked("child", root());
    }

    @Test
    void relation_isAFunctionOfTheJob_alsoBelowAJob() throws Exception {
        var telemetry = sdk.telemetry()
                .relation(job -> job.name().startsWith("chunk") ? RootRelation.LINK : RootRelation.CHILD);
        try (var jobs = Sdk.scheduler(telemetry)) {
            jobs.spawn("batch", batch -> {
                        for (int i = 0; i < 3; i++) {
                            batch.spawn(
                                    "chunk-" + i,
                                    chunk -> chunk.spawn("item", () -> "done").join());
                        }
                        return "over";
                    })
                    .join();
        }

        var batch = sdk.span("batch");
        for (int i = 0; i < 3; i++) {
            var chunk = sdk.span("chunk-" + i);
            assertThat(chunk.getParentSpanContext().isValid()).isFalse();
            assertLinked("chunk-" + i, batch);
            assertThat(sdk.spans().stream()
                            .filter(span -> span.getName().equals("item"))
                            .filter(span -> span.getTraceId().equals(chunk.getTraceId()))
                            .filter(span -> span.getParentSpanId().equals(chunk.getSpanId())))
                    .hasSize(1);
        }
        assertThat(sdk.spans()).extracting(SpanData::getTraceId).doesNotContainNull();
        assertThat(sdk.spans().stream().map(SpanData::getTraceId).distinct()).hasSize(4);
    }

    @Test
    void relation_noneBelowAJob_isATraceOfItsOwn_withoutALink() throws Exception {
        var telemetry =
                sdk.telemetry().relation(job -> job.name().equals("child") ? RootRelation.NONE : RootRelation.CHILD);
        try (var jobs = Sdk.scheduler(telemetry)) {
            jobs.spawn("root", root -> root.spawn("child", () -> "done").join()).join();
        }

        assertThat(sdk.span("child").getTraceId()).isNotEqualTo(root().getTraceId());
        assertThat(sdk.span("child").getLinks()).isEmpty();
    }

    @Test
    void relation_thatThrows_isAChild() throws Exception {
        var telemetry = sdk.telemetry().relation(job -> {
            throw new AssertionError("broken relation");
        });
        runUnderRequest(telemetry);

        assertThat(root().getParentSpanContext()).isEqualTo(request().getSpanContext());
    }

    private void assertLinked(String name, SpanData to) {
        assertThat(sdk.span(name).getLinks())
                .singleElement()
                .satisfies(link -> assertThat(link.getSpanContext()).isEqualTo(to.getSpanContext()));
    }

    /// Gives the baggage that the child has seen.
    private @Nullable String runUnderRequest(JobTelemetryBuilder telemetry) throws InterruptedException {
        var request = sdk.tracer().spanBuilder("request").setNoParent().startSpan();
        var baggage = Baggage.builder().put("tenant", "acme").put("other", "x").build();
        try (var _ = Context.root().with(request).with(baggage).makeCurrent();
                var jobs = Sdk.scheduler(telemetry)) {
            return jobs.spawn(
                            "root",
                            root -> root.spawn("child", () -> {
                                        sdk.tracer()
                                                .spanBuilder("in the child")
                                                .startSpan()
                                                .end();
                                        return Baggage.current().getEntryValue("tenant");
                                    })
                                    .join())
                    .join();
        } finally {
            request.end();
            assertThat(Span.current().getSpanContext().isValid()).isFalse();
        }
    }

    private SpanData request() {
        return sdk.span("request");
    }

    private SpanData root() {
        return sdk.span("root");
    }
}
