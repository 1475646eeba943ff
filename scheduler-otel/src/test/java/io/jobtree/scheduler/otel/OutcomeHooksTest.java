package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Outcome;
import io.opentelemetry.api.trace.StatusCode;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OutcomeHooksTest {
    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void expectedFailure_isNoError_alsoOfTheJobAbove() throws Exception {
        var telemetry = sdk.telemetry().expectedFailures((job, failure) -> failure instanceof FileNotFoundException);
        try (var jobs = Sdk.scheduler(telemetry)) {
            jobs.spawn(
                            "page",
                            page -> page.spawn("user", () -> fail(new FileNotFoundException("no such user")))
                                    .join())
                    .await();
            jobs.spawn("mail", () -> fail(new IOException("no disk"))).await();
        }

        for (var name : new String[] {"page", "user"}) {
            var span = sdk.span(name);
            assertThat(span.getStatus().getStatusCode()).as(name).isEqualTo(StatusCode.UNSET);
            assertThat(span.getAttributes().get(booleanKey("jobtree.job.failure.expected")))
                    .isTrue();
            assertThat(span.getAttributes().get(stringKey("jobtree.job.outcome")))
                    .isEqualTo("failed");
            assertThat(span.getAttributes().get(stringKey("error.type")))
                    .isEqualTo(FileNotFoundException.class.getName());
        }
        assertThat(sdk.span("mail").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(sdk.span("mail").getAttributes().get(booleanKey("jobtree.job.failure.expected")))
                .isNull();
        assertThat(sdk.metric("jobtree.job.duration").getHistogramData().getPoints().stream()
                        .filter(point -> Boolean.TRUE.equals(
                                point.getAttributes().get(booleanKey("jobtree.job.failure.expected")))))
                .hasSize(2);
    }

    private static String fail(IOException failure) throws IOException {
        throw failure;
    }

    @Test
    void outcomeAttributes_areAddedAtTheEnd_andHearOfTheOutcome() throws Exception {
        var telemetry = sdk.telemetry().outcomeAttributes((job, outcome, attributes) -> {
            if (outcome instanceof Outcome.Succeeded<?>(var value)) {
                attributes.put("rows", ((Number) value).longValue());
            }
            attributes.put("jobtree.job.outcome", "mine");
        });
        try (var jobs = Sdk.scheduler(telemetry)) {
            jobs.spawn("page", () -> 7).join();
        }

        assertThat(sdk.span("page").getAttributes().get(longKey("rows"))).isEqualTo(7);
        assertThat(sdk.span("page").getAttributes().get(stringKey("jobtree.job.outcome")))
                .isEqualTo("succeeded");
    }
}
