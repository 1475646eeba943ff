package io.jobtree.scheduler.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// The jobs that wait for a reused thread.
public class WorkersStress {
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "Each job was taken once.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A job is lost, or was taken twice.")
    @State
    public static class EachIsTakenOnce {
        private final Workers workers = Parts.workers();
        private final JobImpl<?> first = Parts.job();
        private final JobImpl<?> second = Parts.job();
        private final JobImpl<?> late = Parts.job();
        private Object one = this;
        private Object two = this;

        public EachIsTakenOnce() {
            workers.add(first.link);
            workers.add(second.link);
        }

        @Actor
        public void worker() {
            one = workers.poll();
        }

        @Actor
        public void other() {
            workers.add(late.link);
            two = workers.poll();
        }

        @Arbiter
        public void end(III_Result r) {
            count(one, r);
            count(two, r);
            for (var job = workers.poll(); job != null; job = workers.poll()) {
                count(job, r);
            }
        }

        private void count(Object job, III_Result r) {
            r.r1 += job == first ? 1 : 0;
            r.r2 += job == second ? 1 : 0;
            r.r3 += job == late ? 1 : 0;
        }
    }
}
