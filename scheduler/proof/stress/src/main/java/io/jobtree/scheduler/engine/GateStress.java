package io.jobtree.scheduler.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// The word and the queue of arrivals of a gate. Two actors each: jcstress leaves a test with three out where
/// there are two processors.
public class GateStress {
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "One was in, or one after the other.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Two were in at once, or a place is lost.")
    @State
    public static class PlacesAreNeverMoreThanTheLimit {
        private final Gate gate = Parts.gate(1);
        private volatile int inside;

        @Actor
        public void one(II_Result r) {
            r.r1 = enter();
        }

        @Actor
        public void two(II_Result r) {
            r.r2 = enter();
        }

        private int enter() {
            if (!gate.tryTake()) {
                return 0;
            }
            int before = inside;
            inside = before + 1;
            int now = inside;
            inside = before;
            gate.release();
            return before == 0 && now == 1 ? 1 : -1;
        }

        @Arbiter
        public void end(II_Result r) {
            if (gate.taken() != 0) {
                r.r1 = -2;
            }
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The job has the place that came free.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It waits beside a free place, or got it twice.")
    @State
    public static class QueuedJobGetsThePlaceThatComesFree {
        private final Gate gate = Parts.gate(1);
        private final JobImpl<?> job = Parts.job();
        private int bySpawner;
        private int byHolder;

        public QueuedJobGetsThePlaceThatComesFree() {
            gate.tryTake();
        }

        @Actor
        public void spawner() {
            bySpawner = Parts.admit(gate, job) ? 1 : 0;
        }

        @Actor
        public void holder() {
            byHolder = gate.release() == null ? 0 : 1;
        }

        @Arbiter
        public void end(I_Result r) {
            r.r1 = bySpawner + byHolder + (gate.waiting() == 0 && gate.taken() == 1 ? 0 : 10);
        }
    }

    /// Both go through the queue of arrivals: the gate has somebody who waits.
    @JCStressTest
    @Outcome(id = "3, 1", expect = Expect.ACCEPTABLE, desc = "All three wait.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "One is lost.")
    @State
    public static class NobodyIsLostInTheIntake {
        private final Gate gate = Parts.gate(1);

        public NobodyIsLostInTheIntake() {
            gate.tryTake();
            Parts.admit(gate, Parts.job());
        }

        @Actor
        public void one() {
            Parts.admit(gate, Parts.job());
        }

        @Actor
        public void two() {
            Parts.admit(gate, Parts.job());
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = gate.waiting();
            r.r2 = gate.taken();
        }
    }

    /// The queue runs empty, and the queue of arrivals is to be closed, while a job comes.
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "It has the place.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was put into a queue that nobody looks into.")
    @State
    public static class NobodyIsLostAsTheIntakeCloses {
        private final Gate gate = Parts.gate(1);
        private final JobImpl<?> before = Parts.job();
        private final JobImpl<?> job = Parts.job();

        public NobodyIsLostAsTheIntakeCloses() {
            gate.tryTake();
            Parts.admit(gate, before);
        }

        @Actor
        public void spawner() {
            Parts.admit(gate, job);
        }

        @Actor
        public void holder() {
            gate.release();
            gate.release();
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = Parts.hasPlace(gate, job) ? gate.taken() : -1;
            r.r2 = gate.waiting();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "It left before or after the place came to it.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It took the place with it.")
    @State
    public static class WhoLeavesTheQueueTakesNoPlaceWithIt {
        private final Gate gate = Parts.gate(1);
        private final JobImpl<?> job = Parts.job();

        public WhoLeavesTheQueueTakesNoPlaceWithIt() {
            gate.tryTake();
            Parts.admit(gate, job);
        }

        @Actor
        public void leaves() {
            Parts.cancel(gate, job);
        }

        @Actor
        public void holder() {
            gate.release();
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = Parts.hasPlace(gate, job) ? 1 : 0;
            r.r2 = gate.taken() - r.r1 + gate.waiting();
        }
    }
}
