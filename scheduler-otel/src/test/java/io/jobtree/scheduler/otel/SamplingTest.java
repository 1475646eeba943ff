package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.otel.sdk.LinkSampler;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SamplingTest {
    private static final int REQUESTS = 400;
    private static final Sampler HALF = Sampler.parentBased(Sampler.traceIdRatioBased(0.5));

    @Test
    void request_andItsJob_areSampledTogether() throws Exception {
        try (var sdk = Sdk.open(HALF)) {
            assertTogether(sdk, sdk.telemetry());
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(names = {"CHILD", "LINK"})
    void request_andItsJob_areSampledTogether_byTheSamplerThatFollowsLinks(RootRelation relation) throws Exception {
        try (var sdk = Sdk.open(LinkSampler.create(HALF))) {
            assertTogether(sdk, sdk.telemetry().rootRelation(relation));
        }
        try (var sdk = Sdk.open(LinkSampler.ofJobs(HALF))) {
            assertTogether(sdk, sdk.telemetry().rootRelation(relation));
        }
    }

    /// Each job a trace of its own, three links deep.
    @Test
    void whatIsLinkedBelowAJob_isSampledWithIt() throws Exception {
        try (var sdk = Sdk.open(LinkSampler.ofJobs(HALF))) {
            assertTogether(sdk, sdk.telemetry().relation(_ -> RootRelation.LINK));

            assertThat(sdk.spans().stream().map(SpanData::getTraceId).distinct())
                    .hasSameSizeAs(sdk.spans());
        }
    }

    private static void assertTogether(Sdk sdk, JobTelemetryBuilder telemetry) throws Exception {
        try (var jobs = Sdk.scheduler(telemetry)) {
            for (int i = 0; i < REQUESTS; i++) {
                var request =
                        sdk.tracer().spanBuilder("request-" + i).setNoParent().startSpan();
                try (var _ = request.makeCurrent()) {
                    int number = i;
                    jobs.spawn(
                                    "job-" + i,
                                    job -> job.spawn("child-" + number, () -> "done")
                                            .join())
                            .join();
                } finally {
                    request.end();
                }
            }
        }
        var requests = numbers(sdk, "request-");
        assertThat(requests).hasSizeBetween(REQUESTS / 10, REQUESTS * 9 / 10);
        assertThat(numbers(sdk, "job-")).isEqualTo(requests);
        assertThat(numbers(sdk, "child-")).isEqualTo(requests);
    }

    private static Set<String> numbers(Sdk sdk, String prefix) {
        return sdk.spans().stream()
                .map(SpanData::getName)
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .collect(Collectors.toSet());
    }

    @Test
    void samplerOfJobs_leavesOtherLinkedRootsAlone() {
        try (var sdk = Sdk.open(LinkSampler.ofJobs(Sampler.alwaysOff()))) {
            var tracer = sdk.tracer();
            var sampled = io.opentelemetry.api.trace.SpanContext.create(
                    "0af7651916cd43dd8448eb211c80319c",
                    "b7ad6b7169203331",
                    io.opentelemetry.api.trace.TraceFlags.getSampled(),
                    io.opentelemetry.api.trace.TraceState.getDefault());
            tracer.spanBuilder("message")
                    .setNoParent()
                    .addLink(sampled)
                    .startSpan()
                    .end();

            assertThat(sdk.spans()).isEmpty();
        }
    }

    @Test
    void sampler_seesTheAttributesOfTheStart() throws Exception {
        var seen = new AtomicReference<>(Attributes.empty());
        try (var sdk = Sdk.open(new Noting(seen))) {
            var telemetry = sdk.telemetry().attributes((job, attributes) -> attributes.put("more", "yes"));
            try (var jobs = Sdk.scheduler(telemetry)) {
                jobs.spawn(JobOptions.named("page").withTag("tenant", "acme"), () -> "done")
                        .join();
            }
        }

        var keys = seen.get().asMap().keySet().stream().map(AttributeKey::getKey);
        assertThat(keys)
                .contains(
                        "jobtree.job.id",
                        "jobtree.job.path",
                        "jobtree.job.scheduler",
                        "jobtree.job.queue.duration",
                        "tenant",
                        "more");
    }

    @Test
    void unsampledJobs_takeNothingFromTheBudget() throws Exception {
        try (var sdk = Sdk.open(named(Map.of("rare", true), SamplingResult.drop()))) {
            try (var jobs = Sdk.scheduler(sdk.telemetry().spanBudget(6, 1))) {
                for (int i = 0; i < 1_000; i++) {
                    jobs.spawn(
                                    "usual",
                                    scope -> scope.spawn("below", () -> "done").join())
                            .join();
                }
                jobs.spawn("rare", () -> "done").join();
            }

            assertThat(sdk.spans()).extracting(SpanData::getName).containsExactly("rare");
            assertThat(sdk.find("jobtree.job.suppressed_spans")).isEmpty();
        }
    }

    @Test
    void queueSpansOfUnsampledJobs_takeNothingFromTheBudget() throws Exception {
        var rare = Map.of("rare", true, "rare below", true);
        try (var sdk = Sdk.open(named(rare, SamplingResult.drop()))) {
            runUsualOnes_thenARareOne(sdk.telemetry().queueSpan(true));

            assertThat(sdk.spans()).extracting(SpanData::getName).containsExactly("rare below", "rare");
        }
    }

    /// As with a sampler that has all recorded for metrics of spans, which are exported as ever.
    @Test
    void spansThatAreRecordedAndNotSampled_takeNothingFromTheBudget() throws Exception {
        var rare = Map.of("rare", true, "rare below", true);
        try (var sdk = Sdk.open(named(rare, SamplingResult.recordOnly()))) {
            runUsualOnes_thenARareOne(sdk.telemetry());

            assertThat(sdk.spans()).extracting(SpanData::getName).containsExactly("rare below", "rare");
            assertThat(sdk.find("jobtree.job.suppressed_spans")).isEmpty();
        }
    }

    @Test
    void countOfJobsWithoutASpan_isNotLeftOnASpanThatIsNotSampled() throws Exception {
        try (var sdk = Sdk.open(named(Map.of("page", true, "next", true), SamplingResult.recordOnly()))) {
            var telemetry = sdk.telemetry().maxPerTree(1);
            try (var jobs = Sdk.scheduler(telemetry)) {
                jobs.spawn("batch", batch -> {
                            // The first shows that the sampler does not follow parents.
                            for (int i = 0; i < 3; i++) {
                                batch.spawn("page", () -> "done").join();
                            }
                        })
                        .join();
                jobs.spawn("next", () -> "done").join();
            }

            assertThat(sdk.span("next").getAttributes().get(AttributeKey.longKey("jobtree.suppressed_spans_before")))
                    .isEqualTo(sdk.sum("jobtree.job.suppressed_spans", Keys.NAME, "page"))
                    .isEqualTo(2);
        }
    }

    private static void runUsualOnes_thenARareOne(JobTelemetryBuilder telemetry) throws Exception {
        try (var jobs = Sdk.scheduler(telemetry.spanBudget(6, 1))) {
            for (int i = 0; i < 100; i++) {
                jobs.spawn("usual", () -> "done").join();
            }
            jobs.spawn("rare", scope -> scope.spawn("rare below", () -> "done").join())
                    .join();
        }
    }

    private record Noting(AtomicReference<Attributes> seen) implements Sampler {
        @Override
        public SamplingResult shouldSample(
                Context parentContext,
                String traceId,
                String name,
                SpanKind spanKind,
                Attributes attributes,
                List<LinkData> parentLinks) {
            seen.set(attributes);
            return SamplingResult.recordAndSample();
        }

        @Override
        public String getDescription() {
            return "Noting";
        }
    }

    private static Sampler named(Map<String, Boolean> names, SamplingResult others) {
        return new NamedSampler(name -> names.getOrDefault(name, false) ? SamplingResult.recordAndSample() : others);
    }
}
