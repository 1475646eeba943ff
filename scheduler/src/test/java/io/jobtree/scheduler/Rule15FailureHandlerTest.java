package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;

@DisplayName("R15: close returns when the failure handler is through, or closeTimeout is over")
final class Rule15FailureHandlerTest {
    private final Door hold = new Door();

    @EachThreadKind
    void close_isBounded_thoughAFailureHandlerIsStuck() throws Exception {
        var entered = new Door();
        var through = new AtomicBoolean();
        var jobs = Scheduler.open(TestOptions.limit(3)
                .withWaitTimeout(Duration.ofHours(1))
                .withCloseTimeout(Duration.ofMillis(50))
                .withFailureHandler((job, failure) -> {
                    entered.open();
                    try {
                        hold.passIgnoringInterrupts();
                    } finally {
                        through.set(true);
                    }
                }));
        jobs.spawn("job", () -> {
            throw new IllegalStateException("on purpose");
        });
        entered.pass();
        assertThat(Actor.start(() -> jobs.close(Duration.ofHours(1))).result()).isEmpty();
        assertThat(through).as("the handler is still stuck").isFalse();
        hold.open();
    }

    @EachThreadKind
    void close_returnsAfterTheFailureHandler_alsoOfAJobThatNeverHadAThread() throws Exception {
        var entered = new Door();
        var reported = new AtomicBoolean();
        var jobs = Scheduler.open(TestOptions.limit(1).withFailureHandler((job, failure) -> {
            entered.open();
            hold.passIgnoringInterrupts();
            reported.set(true);
        }));
        var released = new Door();
        jobs.spawn("holder", released::pass);
        var pending = jobs.spawn(TestOptions.withDeadline("pending"), () -> 1);
        var timer = Actor.start(() -> {
            TestOptions.passDeadline(pending);
            return 1;
        });
        entered.pass();
        released.open();
        var closed = new Door();
        var closer = Actor.start(() -> {
            jobs.close();
            closed.open();
            return reported.get();
        });
        assertThat(closed.staysShut()).as("the handler is not through").isTrue();
        hold.open();
        assertThat(closer.result()).as("the handler was through").isTrue();
        timer.result();
    }

    @EachThreadKind
    void closeThatIsInterrupted_whileItWaitsForAFailureHandler_waitsOn_andKeepsItsFlag() throws Exception {
        var entered = new Door();
        var through = new AtomicBoolean();
        var jobs = Scheduler.open(
                TestOptions.limit(1).withCloseTimeout(TestOptions.LONG).withFailureHandler((job, failure) -> {
                    entered.open();
                    hold.passIgnoringInterrupts();
                    through.set(true);
                }));
        jobs.spawn("job", () -> {
            throw new IllegalStateException("on purpose");
        });
        entered.pass();
        var closed = new Door();
        var closer = Actor.start(() -> {
            jobs.close();
            closed.open();
            return through.get() && Thread.currentThread().isInterrupted();
        });
        for (int i = 0; i < 2; i++) {
            closer.awaitParked().interrupt();
            assertThat(closed.staysShut()).as("the handler is not through").isTrue();
        }
        hold.open();
        assertThat(closer.result())
                .as("the handler was through, and the flag is set")
                .isTrue();
    }
}
