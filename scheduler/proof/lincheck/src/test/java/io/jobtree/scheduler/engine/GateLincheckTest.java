package io.jobtree.scheduler.engine;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A gate whose places are all taken at first: jobs queue, and get the places that are given back, in turn.
///
/// Not among the calls: `tryTake`, which may fail for a moment while another thread has the lock, and its callers queue
/// then. What `waiting` gives is not compared: it counts a job for a moment longer than it waits.
public class GateLincheckTest {
    private static final int PLACES = 20;

    private final Gate gate = Parts.gate(PLACES);
    private final JobImpl<?>[] jobs = new JobImpl<?>[3];

    public GateLincheckTest() {
        for (int i = 0; i < PLACES; i++) {
            gate.tryTake();
        }
        for (int i = 0; i < jobs.length; i++) {
            jobs[i] = Parts.job();
        }
    }

    /// Which job got a place by a call; 0 for none.
    private int number(@Nullable JobImpl<?> granted) {
        return Linearizable.number(jobs, granted);
    }

    @Operation(runOnce = true)
    public int queueFirst() {
        return number(gate.queue(jobs[0].link, false));
    }

    @Operation(runOnce = true)
    public int queueSecond() {
        return number(gate.queue(jobs[1].link, false));
    }

    @Operation(runOnce = true)
    public int queueThird() {
        return number(gate.queue(jobs[2].link, false));
    }

    @Operation(runOnce = true)
    public int cancelFirst() {
        return number(Parts.cancel(gate, jobs[0]));
    }

    @Operation
    public int release() {
        return number(gate.release());
    }

    /// Sweeps the queue.
    @Operation
    public void look() {
        var _ = gate.waiting();
    }

    @Test
    void calls_areLinearizable() {
        Linearizable.check(GateLincheckTest.class);
    }
}
