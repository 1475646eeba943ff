package io.jobtree.scheduler.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

final class CarriedThreadLocalsTest {
    private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

    private final CarriedThreadLocals carried = CarriedThreadLocals.create(ContextSnapshotFactory.builder()
            .contextRegistry(new ContextRegistry()
                    .registerThreadLocalAccessor("tenant", TENANT)
                    .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor()))
            .build());

    @Test
    void threadLocals_andMdc_areThoseOfTheSpawn_alsoBelowAJob() throws Exception {
        try (var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(carried))) {
            TENANT.set("acme");
            MDC.put("request", "17");
            var seen = jobs.spawn(
                    "page",
                    page -> page.spawn("user", () -> TENANT.get() + ' ' + MDC.get("request"))
                            .join());
            TENANT.set("other");
            MDC.put("request", "18");
            assertThat(seen.join()).isEqualTo("acme 17");
        } finally {
            TENANT.remove();
            MDC.clear();
        }
    }

    @Test
    void failureHandler_hasThoseOfTheSpawn_andNothingStays() throws Exception {
        var seen = new CompletableFuture<String>();
        var options = SchedulerOptions.named("orders")
                .withObserver(carried)
                .withFailureHandler((job, failure) -> seen.complete(TENANT.get() + ' ' + MDC.get("request")));
        try (var jobs = Scheduler.open(options)) {
            TENANT.set("acme");
            MDC.put("request", "17");
            jobs.spawn("page", () -> {
                MDC.put("request", "changed by the body");
                throw new IllegalStateException("broken");
            });
            TENANT.remove();
            MDC.clear();
            assertThat(seen.get()).isEqualTo("acme 17");
        } finally {
            TENANT.remove();
            MDC.clear();
        }
    }

    @Test
    void whatHadNoValueAtTheSpawn_hasNone_forTheFailureHandler() throws Exception {
        var registry = ContextRegistry.getInstance();
        registry.registerThreadLocalAccessor("tenant", TENANT);
        var seen = new CompletableFuture<String>();
        var options = SchedulerOptions.named("orders")
                .withObserver(CarriedThreadLocals.create())
                .withFailureHandler((job, failure) -> seen.complete(String.valueOf(TENANT.get())));
        try (var jobs = Scheduler.open(options)) {
            jobs.spawn("page", () -> {
                TENANT.set("left behind by the body");
                throw new IllegalStateException("broken");
            });
            assertThat(seen.get()).isEqualTo("null");
        } finally {
            registry.removeThreadLocalAccessor("tenant");
        }
    }

    @Test
    void reusedThread_hasWhatEachSpawnHad() throws Exception {
        var options =
                SchedulerOptions.named("orders").withLimit(1).withThreadReuse().withObserver(carried);
        try (var jobs = Scheduler.open(options)) {
            MDC.put("request", "17");
            var first = jobs.spawn("page", () -> {
                MDC.put("own", "left behind");
                return MDC.get("request");
            });
            MDC.clear();
            var second = jobs.spawn("page", () -> MDC.get("request") + ' ' + MDC.get("own"));
            assertThat(first.join()).isEqualTo("17");
            assertThat(second.join()).isEqualTo("null null");
        } finally {
            MDC.clear();
        }
    }
}
