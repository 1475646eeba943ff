package io.jobtree.scheduler.engine;

import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/// The list of a scope's jobs: what is pushed before the seal is there, and nothing after it.
public class LiveJobsLincheckTest {
    private final LiveJobs live = new LiveJobs();
    private final JobImpl<?>[] jobs = {Parts.job(), Parts.job()};

    @Operation(runOnce = true)
    public boolean pushFirst() {
        return live.push(jobs[0].link);
    }

    @Operation(runOnce = true)
    public boolean pushSecond() {
        return live.push(jobs[1].link);
    }

    @Operation(runOnce = true)
    public void endFirst() {
        jobs[0].state = JobImpl.SUCCEEDED;
    }

    @Operation
    public void seal() {
        live.seal();
    }

    /// The number of the newest job that is not done; 0 for none, and then it is sealed.
    @Operation
    public int sealOrNewest() {
        return Linearizable.number(jobs, live.sealOrNewest());
    }

    @Test
    void calls_areLinearizable() {
        Linearizable.check(LiveJobsLincheckTest.class);
    }
}
