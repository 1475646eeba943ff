package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.JobFailedException;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where the span of the job that failed does not go out, its failure is not lost.
final class UnsampledFailuresTest {
    private static final AttributeKey<String> ORIGIN = stringKey("jobtree.job.failure.origin.span_id");

    @ParameterizedTest
    @CsvSource({"DROP, CHILD", "DROP, LINK", "RECORD_ONLY, CHILD", "RECORD_ONLY, NONE"})
    void oneFailure_isRecordedByTheFirstSpanThatGoesOut(SamplingDecision ofChunks, RootRelation relation)
            throws Exception {
        var sampler = new NamedSampler(
                name -> SamplingResult.create(name.equals("chunk") ? ofChunks : SamplingDecision.RECORD_AND_SAMPLE));
        try (var kept = Sdk.open(sampler)) {
            var telemetry = kept.telemetry()
                    .exceptionSignal(ExceptionSignal.BOTH)
                    .relation(job -> job.name().equals("chunk") ? relation : RootRelation.CHILD);
            try (var jobs = Sdk.scheduler(telemetry)) {
                var order = jobs.spawn("order", scope -> {
                    scope.spawn(
                            "part",
                            part -> part.spawn("chunk", () -> {
                                        throw new IOException("no disk");
                                    })
                                    .join());
                    return "over";
                });
                assertThatThrownBy(order::join).isInstanceOf(JobFailedException.class);
            }

            var part = kept.span("part");
            assertThat(part.getEvents()).extracting(EventData::getName).contains("exception");
            assertThat(part.getAttributes().get(ORIGIN)).isNull();
            assertThat(kept.span("order").getEvents())
                    .extracting(EventData::getName)
                    .doesNotContain("exception");
            assertThat(kept.span("order").getAttributes().get(ORIGIN)).isEqualTo(part.getSpanId());
            assertThat(kept.events("exception")).hasSize(1);
        }
    }
}
