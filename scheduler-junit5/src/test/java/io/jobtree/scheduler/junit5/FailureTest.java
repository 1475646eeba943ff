package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.jobtree.scheduler.junit5.fixture.Leaky;
import io.jobtree.scheduler.junit5.fixture.Named;
import io.jobtree.scheduler.junit5.fixture.Published;
import io.jobtree.scheduler.junit5.fixture.VirtualThreads;
import io.jobtree.scheduler.junit5.threads.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a reader of a failure gets to see.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FailureTest {
    private Outcomes leaky = new Outcomes(Map.of());

    @BeforeAll
    void leak() {
        leaky = Outcomes.of(Leaky.class);
        Leaky.stopSpinning();
    }

    private String text(String test) {
        return Objects.requireNonNull(leaky.thrown(test).getMessage());
    }

    private String firstLine(String test) {
        return text(test).lines().findFirst().orElseThrow();
    }

    @Test
    void firstLine_namesTheFirstLeak() {
        assertThat(firstLine("forgottenJob"))
                .matches("1 job leaked from Leaky.forgottenJob: Leaky.forgottenJob/notify, "
                        + "spawned at OrderService.notifyCustomer\\(OrderService.java:\\d+\\)");
        assertThat(firstLine("schedulerNeverClosed"))
                .startsWith("2 jobs and 1 open scheduler leaked from Leaky.schedulerNeverClosed: "
                        + "orders/refund/notify first, spawned at OrderService.refund(OrderService.java:");
        assertThat(firstLine("emptySchedulerNeverClosed"))
                .startsWith("1 open scheduler leaked from Leaky.emptySchedulerNeverClosed: 'orders', "
                        + "opened at Leaky.emptySchedulerNeverClosed(Leaky.java:");
        assertThat(firstLine("manyAlike"))
                .startsWith("250 jobs leaked from Leaky.manyAlike: all spawned at OrderService.poll(");
        assertThat(firstLine("rawVirtualThread"))
                .contains("\"fetcher\", created at Leaky.rawVirtualThread(Leaky.java:");
        assertThat(firstLine("nobodyObserves"))
                .startsWith("1 failure that nobody waited for in Leaky.nobodyObserves: Leaky.nobodyObserves/charge, "
                        + "thrown at Leaky.nobodyObserves(Leaky.java:");
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Named.OfAThread.class,
                Named.OfAVirtualThread.class,
                Named.OfAPool.class,
                Named.OfAJob.class,
                Named.OfAScheduler.class,
                Named.OfAFailure.class
            })
    void name_forgesNoLine(Class<?> suite) {
        Named.set("pay\n  forged\u009b31m\u2028");
        Outcomes outcomes = Outcomes.run(suite);
        Named.end();
        assertThat(outcomes.bad()).endsWith(": leaked");
        assertThat(messages(outcomes))
                .isNotEmpty()
                .allSatisfy(message -> assertThat(message.lines())
                        .noneMatch(line -> line.strip().startsWith("forged"))
                        .noneMatch(line -> line.chars().anyMatch(c -> c == 0x9b || c == 0x2028)));
    }

    @Test
    void name_thatTheJdkCannotDump_doesNotStopTheCheck() {
        Named.set("red\u001b[31m");
        Outcomes outcomes = Outcomes.run(Named.OfAThread.class);
        Named.end();
        assertThat(outcomes.bad()).isEqualTo("leaves: leaked");
    }

    /// Its own, and those of the traces of its jobs.
    private static List<String> messages(Outcomes outcomes) {
        List<String> messages = new ArrayList<>();
        Throwable thrown = outcomes.byName().values().stream()
                .flatMap(result -> result.getThrowable().stream())
                .findFirst()
                .orElseThrow();
        messages.add(Objects.requireNonNull(thrown.getMessage()));
        for (Throwable trace : thrown.getSuppressed()) {
            if (trace.getClass().getSimpleName().equals("LeakedJobTrace")) {
                messages.add(Objects.requireNonNull(trace.getMessage()));
                if (trace.getCause() != null) {
                    messages.add(Objects.requireNonNull(trace.getCause().getMessage()));
                }
            }
        }
        return messages;
    }

    @Test
    void failure_withLines_isShownInLines() {
        Named.set("charge");
        Throwable thrown = Outcomes.run(Named.OfAFailure.class).thrown("leaves");
        assertThat(thrown.getMessage())
                .containsPattern(
                        "failed before anybody waited for it: .*IllegalStateException: card declined\n +for good\n");
    }

    @Test
    void job_isDescribed() {
        assertThat(text("forgottenJob"))
                .containsPattern("Leaky.forgottenJob/notify #\\d+ is RUNNING, \\d+(\\.\\d)? m?s old")
                .containsPattern("spawned   at .*OrderService.notifyCustomer\\(OrderService.java:\\d+\\)   <== here")
                .containsPattern("at .*Leaky.forgottenJob\\(Leaky.java:\\d+\\)")
                .containsPattern("now       in CountDownLatch.await, parked on CountDownLatch\\$Sync\\[State = 1")
                .containsPattern("at .*OrderService.sendMail\\(OrderService.java:\\d+\\)")
                .containsPattern("… \\d+ frames of the JDK and Jobtree folded")
                .contains("joinable  by whoever got the job from spawn, or close() of scheduler")
                .doesNotContain("org.junit.");
    }

    @Test
    void tree_marksTheLeakedOnes() {
        assertThat(text("schedulerNeverClosed")).containsPattern("""
                        orders +open +<== never closed
                         +└── refund #\\d+ +COMPLETING +\\d+(\\.\\d)? m?s +<== leaked
                         +└── notify #\\d+ +RUNNING +\\d+(\\.\\d)? m?s +<== leaked""");
    }

    @Test
    void advice_comesBestFirst() {
        assertThat(text("schedulerNeverClosed"))
                .containsSubsequence(
                        "1. close the scheduler opened at Leaky.java:",
                        "2. wait for the job spawned at OrderService.java:",
                        "3. if it only needs longer: @NoLeakedJobs(graceMillis",
                        "4. if it is meant to outlive the test: @AllowLeakedJobs(name = \"notify\", reason = \"…\")"
                                + " @AllowLeakedJobs(name = \"refund\", reason = \"…\")");
        assertThat(text("manyAlike")).contains("@AllowLeakedJobs(name = \"poll-*\", reason = \"…\")");
        assertThat(text("emptySchedulerNeverClosed")).contains("@AllowLeakedJobs(name = \"orders\", reason = \"…\")");
        assertThat(text("rawVirtualThread")).contains("@AllowLeakedJobs(name = \"fetcher\", reason = \"…\")");
        assertThat(text("perTaskExecutor"))
                .contains("@AllowLeakedJobs(site = \"io.jobtree.scheduler.junit5.fixture.Leaky.perTaskExecutor\","
                        + " kinds = Kind.EXECUTOR, reason = \"…\")");
        assertThat(text("ignoresInterruption"))
                .contains("1. spin was cancelled, but does not stop: let its code at Order");
        assertThat(text("pendingForALimit"))
                .contains("1. second never got a place in limit 'connections', 1 of 1 places taken");
    }

    @Test
    void cleanUp_isDescribed() {
        assertThat(text("forgottenJob"))
                .containsPattern("Waited \\d+(\\.\\d)? m?s after")
                .containsPattern("Cancelled 1 job, in");
        assertThat(text("ignoresInterruption"))
                .contains("STILL RUNNING, and may disturb later tests: Leaky.ignoresInterruption/spin #");
    }

    @Test
    void likeJobs_areDescribedOnce_andMaxReportedHolds() {
        assertThat(text("manyAlike"))
                .containsOnlyOnce("Leaky.manyAlike/poll-0 #")
                .containsPattern(" more, spawned alike; \\d+ of them not looked at");
        assertThat(leaky.thrown("manyAlike").getSuppressed()).hasSize(10);
    }

    @Test
    void chainOfParents_isDescribedOnce() {
        assertThat(text("chainOfParents"))
                .startsWith("5 jobs leaked from Leaky.chainOfParents: "
                        + "Leaky.chainOfParents/level-4/level-3/level-2/level-1/notify first, spawned at ")
                .containsOnlyOnce("Leaky.chainOfParents/level-4 #")
                .containsPattern("also +level-2 #\\d+, level-1 #\\d+, just like it")
                .contains("@AllowLeakedJobs(name = \"notify\", reason = \"…\")"
                        + " @AllowLeakedJobs(name = \"level-*\", reason = \"…\")");
    }

    @Test
    void blockedOrBusyThread_isSaidToBe() {
        assertThat(text("monitorIsHeld")).containsPattern("now +blocked: waits for a monitor\\s+at .*Leaky");
        assertThat(text("busy")).containsPattern("now +busy: waits for nothing\\s+at .*OrderService");
    }

    @Test
    void stackTrace_startsAtTheSpawn_andEachJobIsSuppressedWithItsPresentStack() {
        Throwable error = leaky.thrown("forgottenJob");
        assertThat(error.getStackTrace()[0].getMethodName()).isEqualTo("notifyCustomer");
        Throwable job = error.getSuppressed()[0];
        assertThat(job.getMessage()).contains("/notify #").contains("was spawned");
        assertThat(job.getStackTrace()).anyMatch(frame -> frame.getMethodName().equals("notifyCustomer"));
        assertThat(job.getCause().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("sendMail"));
    }

    @Test
    void leaksJson_saysTheSame(@TempDir Path folder) throws IOException {
        Outcomes outcomes = Outcomes.of(Kit.publishingTo(folder, Published.class));
        assertThat(outcomes.bad()).isEqualTo("refund: leaked");
        var json = (Map<?, ?>) JsonText.read(Files.readString(folder.resolve("refund/leaks.json")));
        assertThat(json.get("test")).isEqualTo("Published.refund");
        assertThat(json.get("jobs")).asInstanceOf(LIST).hasSize(2);
        assertThat(json.toString())
                .contains("path=orders/refund/notify", "state=RUNNING", "OrderService.refund", "cancelledJobs=2");
        assertThat(json.get("schedulers"))
                .asInstanceOf(LIST)
                .singleElement()
                .asString()
                .contains("name=orders");
    }

    @Test
    void virtualThreads_areFoundInADump() {
        Outcomes outcomes = Outcomes.of(VirtualThreads.class);
        assertThat(outcomes.bad())
                .isEqualTo("leavesATaskScopeOpen: leaked, leavesAnEmptyExecutorOpen: leaked, leavesAThread: leaked");
        assertThat(outcomes.thrown("leavesATaskScopeOpen"))
                .hasMessageContaining("StructuredTaskScope, no thread, never closed");
        assertThat(outcomes.thrown("leavesAnEmptyExecutorOpen"))
                .hasMessageContaining("ThreadPerTaskExecutor, no thread, never shut down")
                .hasMessageContaining("1. close the executor");
        assertThat(outcomes.thrown("leavesAThread"))
                .hasMessageContaining("virtual thread \"fetcher\" #")
                .hasMessageContaining("created   at io.jobtree.scheduler.junit5.fixture.VirtualThreads.leavesAThread");
    }
}
