package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is not ours may throw, or give null: jobs keep their spans, contexts and metrics.
final class BrokenPartsTest {
    @Test
    void hooksThatGiveNull_areReplacedByTheDefaults() throws Exception {
        try (var sdk = Sdk.open()) {
            try (var jobs = Sdk.scheduler(nulls(sdk.telemetry()))) {
                jobs.spawn("page", page -> page.spawn("user", () -> "done").join())
                        .join();
            }

            assertThat(sdk.span("user").getParentSpanId())
                    .isEqualTo(sdk.span("page").getSpanId());
            assertThat(sdk.span("user").getKind()).isEqualTo(SpanKind.INTERNAL);
            assertThat(sdk.count("jobtree.job.duration")).isEqualTo(2);
        }
    }

    @NullUnmarked
    private static JobTelemetryBuilder nulls(JobTelemetryBuilder telemetry) {
        return telemetry.relation(job -> null).spanName(job -> null).spanKind(job -> null);
    }

    enum Broken {
        MESSAGE,
        TEXT,
        STACK,
        PRINTING,
        CAUSE
    }

    /// An exception that cannot be read.
    private static final class UnreadableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final Broken broken;

        UnreadableException(Broken broken) {
            this.broken = broken;
        }

        private void breakIf(Broken part) {
            if (broken == part) {
                throw new StackOverflowError("unreadable");
            }
        }

        @Override
        public String getMessage() {
            breakIf(Broken.MESSAGE);
            return "readable";
        }

        @Override
        public String toString() {
            breakIf(Broken.TEXT);
            return super.toString();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            breakIf(Broken.STACK);
            return super.getStackTrace();
        }

        @Override
        public void printStackTrace(PrintWriter writer) {
            breakIf(Broken.PRINTING);
            super.printStackTrace(writer);
        }

        @Override
        public synchronized @Nullable Throwable getCause() {
            breakIf(Broken.CAUSE);
            return super.getCause();
        }
    }

    @ParameterizedTest
    @EnumSource
    void exceptionThatCannotBeRead_isRecordedByItsClass(Broken broken) throws Exception {
        for (var signal : ExceptionSignal.values()) {
            try (var sdk = Sdk.open()) {
                try (var jobs = Sdk.scheduler(sdk.telemetry().exceptionSignal(signal))) {
                    jobs.spawn(
                                    "page",
                                    page -> page.spawn("user", () -> {
                                        throw new UnreadableException(broken);
                                    }))
                            .await();
                }

                var type = UnreadableException.class.getName();
                for (var name : List.of("user", "page")) {
                    assertThat(sdk.span(name).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
                    assertThat(sdk.span(name).getAttributes().get(stringKey("error.type")))
                            .isEqualTo(type);
                }
                if (signal != ExceptionSignal.LOGS) {
                    assertThat(sdk.span("user").getEvents())
                            .singleElement()
                            .satisfies(event -> assertThat(event.getAttributes().get(stringKey("exception.type")))
                                    .endsWith("UnreadableException"));
                }
                if (signal != ExceptionSignal.SPAN_EVENTS) {
                    assertThat(sdk.events("exception"))
                            .singleElement()
                            .satisfies(event -> assertThat(event.getAttributes().get(stringKey("exception.type")))
                                    .endsWith("UnreadableException"));
                }
            }
        }
    }

    @Test
    void jobWhoseSpanTheSdkDoesNotStart_hasItsContext_andIsCounted() throws Exception {
        var throwing = new NamedSampler(name -> {
            if (name.equals("page")) {
                throw new IllegalStateException("broken");
            }
            return SamplingResult.recordAndSample();
        });
        try (var sdk = Sdk.open(throwing)) {
            var tenant = new CompletableFuture<String>();
            try (var jobs = sdk.scheduler();
                    var _ = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
                jobs.spawn("page", page -> {
                            tenant.complete(String.valueOf(Baggage.current().getEntryValue("tenant")));
                            return page.spawn("user", () -> "done").join();
                        })
                        .join();
            }

            assertThat(tenant).isCompletedWithValue("acme");
            assertThat(sdk.spans()).extracting(span -> span.getName()).containsExactly("user");
            assertThat(sdk.count("jobtree.job.duration")).isEqualTo(2);
            assertThat(sdk.count("jobtree.job.queue.duration")).isEqualTo(2);
            assertActiveIsZero(sdk);
        }
    }

    private static void assertActiveIsZero(Sdk sdk) {
        assertThat(sdk.metric("jobtree.job.active").getLongSumData().getPoints())
                .isNotEmpty()
                .allSatisfy(point -> assertThat(point.getValue()).isZero());
    }

    private static final class ThrowingProcessor implements SpanProcessor {
        @Override
        public void onStart(Context parent, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            throw new IllegalStateException("broken");
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }

    @Test
    void processorThatThrowsAtTheEnd_isLoggedOnce() throws Exception {
        var tracers = SdkTracerProvider.builder()
                .addSpanProcessor(new ThrowingProcessor())
                .build();
        var messages = new ConcurrentLinkedQueue<String>();
        try (var sdk = OpenTelemetrySdk.builder().setTracerProvider(tracers).build();
                var _ = new LogListener("io.jobtree.scheduler.otel", messages::add)) {
            try (var jobs = Sdk.scheduler(JobTelemetry.builder(sdk))) {
                jobs.spawn("page", () -> "done").join();
                jobs.spawn("page", () -> "done").join();
            }
        }

        assertThat(messages).singleElement().asString().contains("the end of a span failed", "not logged again");
    }
}
