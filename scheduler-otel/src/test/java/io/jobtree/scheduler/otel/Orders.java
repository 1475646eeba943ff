package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;

/// The README's program.
final class Orders {
    public static void main(String[] args) throws Exception {
        try (var sdk = AutoConfiguredOpenTelemetrySdk.initialize().getOpenTelemetrySdk()) {
            var telemetry = JobTelemetry.create(sdk);
            try (var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(telemetry))) {
                jobs.spawn("order", scope -> {
                    var stock = scope.spawn("stock", () -> "reserved");
                    var money = scope.spawn("money", () -> "charged");
                    return stock.join() + ", " + money.join();
                });
            } // waits for the jobs
        } // sends what is left
    }
}
