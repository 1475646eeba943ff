package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is thrown may throw where it is logged.
final class UnprintableTest {
    private static final class UnprintableError extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw this;
        }
    }

    @ParameterizedTest
    @EnumSource
    void failure_hasItsSpan_thatEnds(ExceptionSignal signal) throws Exception {
        try (var sdk = Sdk.open()) {
            try (var jobs = Sdk.scheduler(sdk.telemetry().exceptionSignal(signal))) {
                jobs.spawn("page", () -> {
                            throw new UnprintableError();
                        })
                        .await();
            }

            assertThat(sdk.openSpans()).isZero();
            assertThat(sdk.span("page").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(sdk.span("page").getEvents()).hasSize(signal == ExceptionSignal.LOGS ? 0 : 1);
            assertThat(sdk.events("exception")).hasSize(signal == ExceptionSignal.SPAN_EVENTS ? 0 : 1);
        }
    }

    @Test
    void hooksThatThrowIt_costNoSpan_andNoMetric() throws Exception {
        try (var sdk = Sdk.open()) {
            try (var jobs = Sdk.scheduler(throwing(sdk.telemetry()))) {
                jobs.spawn("page", () -> {
                            throw new IllegalStateException("no page");
                        })
                        .await();
            }

            assertThat(sdk.span("page").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(sdk.count("jobtree.job.duration")).isEqualTo(1);
            assertThat(sdk.active()).isZero();
        }
    }

    private static JobTelemetryBuilder throwing(JobTelemetryBuilder telemetry) {
        return telemetry
                .spanName(_ -> {
                    throw new UnprintableError();
                })
                .spanKind(_ -> {
                    throw new UnprintableError();
                })
                .relation(_ -> {
                    throw new UnprintableError();
                })
                .attributes((_, _) -> {
                    throw new UnprintableError();
                })
                .metricAttributes((_, _) -> {
                    throw new UnprintableError();
                })
                .expectedFailures((_, _) -> {
                    throw new UnprintableError();
                })
                .outcomeAttributes((_, _, _) -> {
                    throw new UnprintableError();
                });
    }
}
