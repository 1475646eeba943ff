package io.jobtree.scheduler.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// The list of a scope's jobs.
public class LiveJobsStress {
    @JCStressTest
    @Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "What was pushed is there.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A job is lost.")
    @State
    public static class NoJobIsLost {
        private final LiveJobs live = new LiveJobs();
        private final Link first = Parts.job().link;
        private final Link second = Parts.job().link;
        private boolean one;
        private boolean two;

        @Actor
        public void one() {
            one = live.push(first);
        }

        @Actor
        public void two() {
            two = live.push(second);
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = (one ? 1 : 0) + (two ? 1 : 0);
            r.r2 = live.count(job -> true);
        }
    }

    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "It came before the seal, or was refused.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was taken and is lost, or refused and is there.")
    @State
    public static class WhatWasPushedBeforeTheSealIsThere {
        private final LiveJobs live = new LiveJobs();
        private final Link link = Parts.job().link;
        private boolean pushed;

        @Actor
        public void pusher() {
            pushed = live.push(link);
        }

        @Actor
        public void sealer() {
            live.seal();
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = pushed ? 1 : 0;
            r.r2 = live.isSealed() ? live.count(job -> true) : -1;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "Sealed without it, or not sealed.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Sealed over an unfinished job.")
    @State
    public static class NoSealComesOverAnUnfinishedJob {
        private final LiveJobs live = new LiveJobs();
        private final Link link = Parts.job().link;
        private boolean pushed;

        @Actor
        public void pusher() {
            pushed = live.push(link);
        }

        @Actor
        public void closer() {
            live.sealOrNewest();
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = pushed ? 1 : 0;
            r.r2 = live.isSealed() ? 0 : live.count(job -> true);
        }
    }

    /// Two sweeps, of a push and of an end, in one list.
    @JCStressTest
    @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "Both are there.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A sweep took an unfinished job out.")
    @State
    public static class SweepsTakeNoUnfinishedJobOut {
        private final LiveJobs live = Parts.almostSwept();
        private final JobImpl<?> over = Parts.job();
        private final Link ended = over.link;
        private final Link first = Parts.job().link;
        private final Link second = Parts.job().link;

        public SweepsTakeNoUnfinishedJobOut() {
            live.push(ended);
            Parts.end(over);
        }

        @Actor
        public void pusher() {
            live.push(first);
            live.push(second);
        }

        @Actor
        public void ender() {
            Parts.leaveList(live, ended);
        }

        @Arbiter
        public void end(I_Result r) {
            r.r1 = live.count(job -> true);
        }
    }
}
