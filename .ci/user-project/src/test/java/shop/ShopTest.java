package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.junit5.NoLeakedJobs;
import io.jobtree.scheduler.otel.JobTelemetry;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@NoLeakedJobs
final class ShopTest {
    @RegisterExtension
    static final OpenTelemetryExtension SDK = OpenTelemetryExtension.create();

    @Test
    void page_isTracedWithItsJobs(Scheduler given) throws InterruptedException {
        assertEquals("Ada has tea", Shop.page(given));
        var telemetry = JobTelemetry.create(SDK.getOpenTelemetry());
        try (var jobs = Scheduler.open(SchedulerOptions.named("shop").withObserver(telemetry))) {
            assertEquals("Ada has tea", Shop.page(jobs));
        }
        var names = SDK.getSpans().stream().map(span -> span.getName()).toList();
        assertTrue(names.contains("page") && names.contains("user") && names.contains("cart"), names.toString());
        assertTrue(!SDK.getMetrics().isEmpty());
    }
}
