package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ManyJobsTest {
    private static final int MANY = 10_000;

    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Tag("slow")
    @Test
    void manyLiveJobs_allFindTheirParents() throws Exception {
        var telemetry = sdk.telemetry()
                .maxPerTree(Integer.MAX_VALUE)
                .withoutSpanBudget()
                .build();
        var allRun = new CountDownLatch(MANY);
        var options = SchedulerOptions.named("orders").withoutLimit().withObserver(telemetry);
        try (var jobs = Scheduler.open(options)) {
            jobs.spawn("root", root -> {
                for (int i = 0; i < MANY; i++) {
                    root.spawn(JobOptions.named("branch"), branch -> {
                        allRun.countDown();
                        allRun.await();
                        return branch.spawn("leaf", () -> "done").join();
                    });
                }
                return "over";
            });
        }

        assertThat(sdk.spans().stream().filter(span -> span.getName().equals("leaf")))
                .hasSize(MANY);
        var branches = sdk.spans().stream()
                .filter(span -> span.getName().equals("branch"))
                .map(span -> span.getSpanId())
                .collect(Collectors.toSet());
        assertThat(sdk.spans().stream()
                        .filter(span -> span.getName().equals("leaf"))
                        .map(span -> span.getParentSpanId()))
                .allMatch(branches::contains)
                .doesNotHaveDuplicates();
    }
}
