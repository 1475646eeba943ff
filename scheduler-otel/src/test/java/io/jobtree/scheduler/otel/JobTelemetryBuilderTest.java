package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class JobTelemetryBuilderTest {
    private final JobTelemetryBuilder builder = JobTelemetry.builder(OpenTelemetry.noop());

    @Test
    void badArguments_areNamedWithTheirValue() {
        assertThatThrownBy(() -> builder.maxPerTree(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxPerTree must be positive: 0");
        assertThatThrownBy(() -> builder.heartbeat(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("heartbeat must be positive: PT0S");
        assertThatThrownBy(() -> builder.heartbeat(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("heartbeat must be positive: PT-0.001S");
        assertThatThrownBy(() -> builder.cancellationStatus(StatusCode.OK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cancellationStatus must be UNSET or ERROR: OK");
    }

    @Test
    @SuppressWarnings("NullAway") // Nulls on purpose.
    void nulls_areNamed() {
        assertThatThrownBy(() -> builder.spans(null)).hasMessage("policy");
        assertThatThrownBy(() -> builder.rootRelation(null)).hasMessage("rootRelation");
        assertThatThrownBy(() -> builder.spanName(null)).hasMessage("spanName");
        assertThatThrownBy(() -> builder.attributes(null)).hasMessage("attributes");
        assertThatThrownBy(() -> builder.exceptionSignal(null)).hasMessage("exceptionSignal");
        assertThatThrownBy(() -> builder.baggageAttributes((String[]) null)).hasMessage("keys");
        assertThatThrownBy(() -> builder.baggageAttributes((String) null)).hasMessage("key");
        assertThatThrownBy(() -> SpanPolicy.matching(null)).hasMessage("predicate");
        assertThatThrownBy(() -> JobTelemetry.create(null)).hasMessage("openTelemetry");
    }
}
