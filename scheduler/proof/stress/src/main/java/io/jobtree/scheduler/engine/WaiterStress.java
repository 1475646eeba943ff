package io.jobtree.scheduler.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// Those who wait for a job.
@SuppressWarnings("NullAway") // a waiter without a thread
public class WaiterStress {
    /// Dekker: a waiter is added, then the state is read; the state says done, then the waiters are read.
    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "Woken, or need not wait.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It waits for ever.")
    @State
    public static class WhoeverWaitsIsWoken {
        private final JobImpl<?> job = Parts.job();
        private final Waiter waiter = new Waiter(null, false);

        @Actor
        public void waits(II_Result r) {
            r.r1 = Parts.add(job, waiter) ? 1 : 0;
        }

        @Actor
        public void ends() {
            Parts.end(job);
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = waiter.isDelivered() ? 1 : 0;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "It left, or it has the outcome.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A failure has two owners, or none.")
    @State
    public static class WhoeverLeavesOwnsNothing {
        private final JobImpl<?> job = Parts.job();
        private final Waiter waiter = new Waiter(null, true);

        public WhoeverLeavesOwnsNothing() {
            Parts.add(job, waiter);
        }

        @Actor
        public void leaves(II_Result r) {
            r.r1 = Parts.leave(job, waiter) ? 1 : 0;
        }

        @Actor
        public void ends(II_Result r) {
            r.r2 = Parts.end(job) ? 1 : 0;
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Woken, whoever left beside it.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was taken out with those who left.")
    @State
    public static class ASweepTakesNobodyOutWhoWaits {
        private final JobImpl<?> job = Parts.job();
        private final Waiter older = new Waiter(null, false);
        private final Waiter leaving = new Waiter(null, false);
        private final Waiter newer = new Waiter(null, false);

        public ASweepTakesNobodyOutWhoWaits() {
            Parts.add(job, older);
            Parts.almostSweep(job);
            Parts.add(job, leaving);
        }

        @Actor
        public void leaves() {
            Parts.leave(job, leaving);
        }

        @Actor
        public void waits() {
            Parts.add(job, newer);
        }

        @Arbiter
        public void end(I_Result r) {
            Parts.end(job);
            r.r1 = older.isDelivered() && newer.isDelivered() ? 1 : 0;
        }
    }
}
