package shop;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.JobTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;

/// A program of a user: each module of Jobtree is used, on the class path or the module path.
public final class Shop {
    private static final Limit CONNECTIONS = Limit.of("connections", 2);

    private Shop() {}

    public static void main(String[] arguments) throws InterruptedException {
        var telemetry = JobTelemetry.create(OpenTelemetry.noop());
        var options = SchedulerOptions.named("shop").withObserver(telemetry).withCloseOnExit(Duration.ofSeconds(1));
        try (var jobs = Scheduler.open(options)) {
            System.out.println(
                    page(jobs) + ", on JDK " + Runtime.version().feature() + ", " + String.join(" ", arguments));
        }
    }

    public static String page(JobScope jobs) throws InterruptedException {
        return jobs.spawn("page", scope -> {
                    var limited = JobOptions.unnamed().withSharedLimit(CONNECTIONS);
                    var user = scope.spawn(limited.withName("user"), () -> "Ada");
                    var cart = scope.spawn(limited.withName("cart"), () -> "tea");
                    return String.join(" has ", JobScope.joinAll(List.of(user, cart)));
                })
                .join();
    }
}
