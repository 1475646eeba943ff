package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobOptions;
import org.junit.jupiter.api.Test;

/// The SDK keeps 128 attributes of a span, and drops what comes later.
final class AttributeRoomTest {
    @Test
    void manyTagsAndAttributes_leaveRoom_forWhatIsThisModulesOwn() throws Exception {
        try (var sdk = Sdk.open()) {
            var telemetry = sdk.telemetry().attributes((job, attributes) -> {
                for (int i = 0; i < 100; i++) {
                    attributes.put("attribute" + i, i);
                }
            });
            var options = JobOptions.named("page");
            for (int i = 0; i < 100; i++) {
                options = options.withTag("tag" + i, "value");
            }
            try (var jobs = Sdk.scheduler(telemetry)) {
                jobs.spawn(options, () -> {
                            throw new IllegalStateException("broken");
                        })
                        .await();
            }

            var span = sdk.span("page");
            assertThat(span.getAttributes().asMap())
                    .containsEntry(stringKey("jobtree.job.path"), "orders/page")
                    .containsEntry(stringKey("jobtree.job.outcome"), "failed")
                    .containsEntry(stringKey("error.type"), IllegalStateException.class.getName())
                    .hasSize(128);
            assertThat(span.getTotalAttributeCount()).isEqualTo(206);
        }
    }
}
