package io.jobtree.scheduler.temporal;

import io.jobtree.scheduler.Job;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;

/// An activity interface and a workflow interface, as users of Temporal have them, with what workers implement. All
/// public, as Temporal wants its workflows.
public final class Bank {
    private Bank() {}

    @ActivityInterface
    public interface Accounts {
        /// Adds up, and says in which job.
        @ActivityMethod
        List<String> add(String account, int amount);

        /// Runs until it is released.
        @ActivityMethod
        int hold(String key);
    }

    public static final class AccountsInJobs implements Accounts {
        @Override
        public List<String> add(String account, int amount) {
            var scope = RemoteAttempt.current().scope();
            var sum = scope.spawn("sum", () -> account + " + " + amount);
            try {
                return List.of(sum.join(), Job.current().orElseThrow().path());
            } catch (InterruptedException cancelled) {
                throw new IllegalStateException(cancelled);
            }
        }

        @Override
        public int hold(String key) {
            try {
                return Probe.of(key).hold();
            } catch (InterruptedException cancelled) {
                throw new IllegalStateException(cancelled);
            }
        }
    }

    @WorkflowInterface
    public interface Transfer {
        @WorkflowMethod
        List<String> transfer(String from, String to, int amount);
    }

    public static final class TransferInSteps implements Transfer {
        private final Accounts accounts = Workflow.newActivityStub(Accounts.class, options());

        @Override
        public List<String> transfer(String from, String to, int amount) {
            if (amount == 0) {
                throw ApplicationFailure.newNonRetryableFailure("nothing to transfer", "Nothing");
            }
            if (from.equals("held")) {
                return List.of("" + accounts.hold(to));
            }
            return List.of(
                    accounts.add(from, -amount).getFirst(),
                    accounts.add(to, amount).getFirst());
        }

        private static ActivityOptions options() {
            return ActivityOptions.newBuilder()
                    .setStartToCloseTimeout(Duration.ofMinutes(1))
                    .setHeartbeatTimeout(Engine.HEARTBEAT)
                    .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                    .build();
        }
    }
}
