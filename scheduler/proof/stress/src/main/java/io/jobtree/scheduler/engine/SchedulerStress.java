package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// Whole schedulers: what a thread sees of a job that ends on another, with the body's thread as a third party.
@SuppressWarnings("NullAway") // fields that an actor writes
public class SchedulerStress {
    private static final Scheduler JOBS =
            Scheduler.open(SchedulerOptions.named("stress").withoutLimit());

    /// A job whose body waits for an actor, and what it wrote.
    abstract static class Body {
        private final CountDownLatch go = new CountDownLatch(1);
        int written;
        final Job<Integer> job = JOBS.spawn("job", () -> {
            go.await();
            written = 1;
            return 1;
        });

        void end() {
            go.countDown();
        }

        io.jobtree.scheduler.Outcome<Integer> await() {
            try {
                return job.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1", "1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "Who sees that it is done sees all of it.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Done, but what the body wrote is not seen, or no outcome.")
    @State
    public static class WhoSeesThatItIsDoneSeesWhatItDid extends Body {
        @Actor
        public void ends() {
            end();
        }

        @Actor
        public void looks(II_Result r) {
            r.r1 = 0;
            for (int i = 0; i < 200 && r.r1 == 0; i++) {
                r.r1 = job.isDone() ? 1 : 0;
            }
            r.r2 = written;
            if (r.r1 == 1 && job.outcome().isEmpty()) {
                r.r2 = -1;
            }
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Who has joined it sees all of it.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "What the body wrote is not seen.")
    @State
    public static class WhoJoinsItSeesWhatItDid extends Body {
        @Actor
        public void ends() {
            end();
        }

        @Actor
        public void joins(I_Result r) {
            r.r1 = await() instanceof io.jobtree.scheduler.Outcome.Succeeded<Integer>(var one) ? one * written : -1;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "The outcome is what cancel said.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The outcome is not what cancel said.")
    @State
    public static class ACancelAgainstTheEnd extends Body {
        @Actor
        public void ends() {
            end();
        }

        @Actor
        public void cancels(II_Result r) {
            r.r1 = job.cancel() ? 1 : 0;
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = await() instanceof io.jobtree.scheduler.Outcome.Cancelled<?> ? 1 : 0;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "It ran to its end, or was rejected.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The close returned before a job that was spawned is done.")
    @State
    public static class ASpawnAgainstTheClose {
        private final Scheduler jobs = Scheduler.open("stress");
        private Job<?> spawned;

        @Actor
        public void spawns(II_Result r) {
            try {
                spawned = jobs.spawn("job", () -> {});
                r.r1 = 1;
            } catch (RejectedExecutionException closed) {
                r.r1 = 0;
            }
        }

        @Actor
        public void closes() {
            jobs.close(Duration.ofSeconds(10));
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = spawned != null && spawned.isDone() ? 1 : 0;
        }
    }
}
