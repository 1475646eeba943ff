package io.jobtree.scheduler.engine;

import static io.jobtree.scheduler.engine.Together.check;
import static io.jobtree.scheduler.engine.Together.run;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pastalab.fray.junit.junit5.FrayTestExtension;
import org.pastalab.fray.junit.junit5.annotations.FrayTest;

/// Places: never more than the limit, none lost, nobody waits beside a free one.
@ExtendWith(FrayTestExtension.class)
final class GateFrayTest {
    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void places_areNeverMoreThanTheLimit() throws InterruptedException {
        var gate = Parts.gate(1);
        var inside = new AtomicInteger();
        Together.Step enter = () -> {
            if (gate.tryTake()) {
                check(inside.incrementAndGet() == 1, "two inside");
                inside.decrementAndGet();
                gate.release();
            }
        };
        run(enter, enter, enter);
        check(gate.taken() == 0, gate);
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void queuedJob_getsThePlaceThatComesFree_once() throws InterruptedException {
        var gate = Parts.gate(1);
        check(gate.tryTake(), gate);
        var granted = new AtomicInteger();
        Together.Step spawner = () -> {
            if (Parts.admit(gate, Parts.job())) {
                granted.incrementAndGet();
            }
        };
        Together.Step holder = () -> {
            if (gate.release() != null) {
                granted.incrementAndGet();
            }
        };
        run(spawner, holder, spawner);
        check(granted.get() == 1, granted + " granted; " + gate);
        check(gate.taken() == 1 && gate.waiting() == 1, gate);
    }

    /// The last job has left the queue, which is open still, and the next place that comes free closes it. One order in
    /// a hundred or so shows a queue that is closed in two steps.
    @FrayTest(iterations = 1000, resetClassLoaderPerIteration = false)
    void jobThatComesAsTheQueueIsClosed_isNotLost() throws InterruptedException {
        var gate = Parts.gate(1);
        check(gate.tryTake(), gate);
        Parts.admit(gate, Parts.job());
        gate.release();
        var late = Parts.job();
        run(gate::release, () -> Parts.admit(gate, late));
        check(Parts.hasPlace(gate, late), "it waits beside a free place; " + gate);
        check(gate.taken() == 1 && gate.waiting() == 0, gate);
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void jobThatLeavesTheQueue_takesNoPlaceWithIt() throws InterruptedException {
        var gate = Parts.gate(1);
        check(gate.tryTake(), gate);
        var leaving = Parts.job();
        var staying = Parts.job();
        Parts.admit(gate, leaving);
        run(
                () -> {
                    var granted = Parts.cancel(gate, leaving);
                    check(granted == null || granted == staying, "another job was granted a place");
                },
                gate::release,
                () -> Parts.admit(gate, staying));
        check(Parts.hasPlace(gate, staying), "it waits; " + gate);
        check(gate.taken() == 1 && gate.waiting() == 0, gate);
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void jobThatReturnsFromAWait_getsItsPlaceBack() throws InterruptedException {
        var gate = Parts.gate(1);
        check(gate.tryTake(), gate);
        var returning = Parts.job();
        var pending = Parts.job();
        run(() -> Parts.admitAhead(gate, returning), gate::release, () -> Parts.admit(gate, pending));
        int places = (Parts.hasPlace(gate, returning) ? 1 : 0) + (Parts.hasPlace(gate, pending) ? 1 : 0);
        check(places == 1 && gate.taken() == 1 && gate.waiting() == 1, gate);
        gate.release();
        check(Parts.hasPlace(gate, returning) && Parts.hasPlace(gate, pending), gate);
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void jobsThatComeAndGo_leaveEveryPlaceFree() throws InterruptedException {
        var gate = Parts.gate(2);
        Together.Step comesAndGoes = () -> {
            var job = Parts.job();
            if (Parts.admit(gate, job)) {
                gate.release();
            } else {
                Parts.cancel(gate, job);
            }
        };
        run(comesAndGoes, comesAndGoes, comesAndGoes);
        check(gate.taken() == 0 && gate.waiting() == 0, gate);
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void queueThatIsSweptMeanwhile_losesNobody() throws InterruptedException {
        var gate = Parts.gate(1);
        check(gate.tryTake(), gate);
        var jobs = new ArrayList<JobImpl<?>>();
        for (int i = 0; i < 6; i++) {
            jobs.add(Parts.job());
            Parts.admit(gate, jobs.getLast());
        }
        // The first was ready at once; now the others are.
        gate.release();
        gate.release();
        run(gate::release, () -> Parts.cancel(gate, jobs.get(3)), gate::waiting);
        gate.release();
        gate.release();
        check(jobs.stream().filter(job -> Parts.hasPlace(gate, job)).count() == 5, gate);
        check(gate.waiting() == 0, gate);
    }
}
