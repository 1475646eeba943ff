package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Activities and workflows that are interfaces of Temporal's, as jobs.
@Tag("full")
final class RemoteInterfacesTest {
    private static final String QUEUE = "interfaces";
    private static final RemoteOptions ONCE = Engine.once(QUEUE);

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = new Engine();
        var worker = engine.open(QUEUE);
        worker.addActivities(new Bank.AccountsInJobs());
        worker.addWorkflows(Bank.TransferInSteps.class);
        worker.start();
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void activity_isABranchJobOfTheWorker() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var body = engine.remote.activity(Bank.Accounts.class, accounts -> accounts.add("a", 5), ONCE);

            assertThat(scheduler.spawn("add", body).join()).containsExactly("a + 5", "worker/Add");
        }
    }

    @Test
    void workflow_runsItsActivities_andGivesItsResult() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn(
                    "transfer", engine.remote.workflow(Bank.Transfer.class, bank -> bank.transfer("a", "b", 5), ONCE));

            assertThat(job.path()).isEqualTo("local/transfer");
            assertThat(job.join()).containsExactly("a + -5", "b + 5");
        }
    }

    @Test
    void workflowThatFails_isRemoteFailure() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var body = engine.remote.workflow(Bank.Transfer.class, bank -> bank.transfer("a", "b", 0), ONCE);

            assertThat(scheduler.spawn("transfer", body).await())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.failure())
                                    .isInstanceOfSatisfying(
                                            RemoteFailure.class,
                                            failure ->
                                                    assertThat(failure.type()).isEqualTo("Nothing")));
        }
    }

    @Test
    void cancelOfTheParent_cancelsTheWorkflow_andInterruptsItsActivity() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var body = engine.remote.workflow(Bank.Transfer.class, bank -> bank.transfer("held", "cancelled", 1), ONCE);
            var parent = scheduler.spawn(
                    "parent", scope -> scope.spawn("transfer", body).join());
            Probe.of("cancelled").awaitAttempt(1);

            assertThat(parent.cancelAndJoin(Engine.HEARTBEAT.multipliedBy(3))).isTrue();

            assertThat(Probe.of("cancelled").awaitInterrupt(Duration.ZERO)).isTrue();
            assertThat(parent.await()).isEqualTo(new Outcome.Cancelled<>(CancelReason.REQUESTED, Optional.empty()));
        }
    }

    @Test
    void workflowOutOfTime_isJobTimeoutException() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var body = engine.remote.workflow(
                    Bank.Transfer.class,
                    bank -> bank.transfer("held", "too late", 1),
                    ONCE.withTimeout(Duration.ofSeconds(2)));

            assertThat(scheduler.spawn(JobOptions.named("transfer"), body).await())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.failure())
                                    .isInstanceOf(JobTimeoutException.class)
                                    .hasMessageContaining("local/transfer")
                                    .hasCauseInstanceOf(RemoteFailure.class));
            assertThat(Probe.of("too late").awaitInterrupt(Probe.PATIENCE)).isTrue();
        }
    }

    @Test
    void callThatCallsNothing_isRefused() {
        assertThatThrownBy(() -> engine.remote.workflow(Bank.Transfer.class, _ -> "", ONCE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("call must call one method of " + Bank.Transfer.class.getName() + ": 0");
    }
}
