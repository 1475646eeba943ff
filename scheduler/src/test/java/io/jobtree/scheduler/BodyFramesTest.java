package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A waiting thread holds its frames on the heap, so each one counts in every sleeping job.
@DisplayName("A body stands on few frames")
final class BodyFramesTest {
    private static final String THREAD = TestOptions.REUSE ? "Worker.call" : "Link.call";

    @Test
    void leaf_standsOnItsThreadAndTheJob() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var frames = jobs.spawn("leaf", (Callable<List<String>>) BodyFramesTest::ours);
            assertThat(frames.join()).containsExactly("JobImpl.run", THREAD);
        }
    }

    @Test
    void branch_standsOnOneMore() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var frames = jobs.spawn("branch", (JobBody<List<String>>) scope -> ours());
            assertThat(frames.join()).containsExactly("JobImpl.runBranch", "JobImpl.run", THREAD);
        }
    }

    /// The scheduler's own frames below the body, innermost first.
    private static List<String> ours() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> frame.getClassName().startsWith("io.jobtree."))
                        .filter(frame -> !frame.getClassName().contains("BodyFramesTest"))
                        .map(frame -> frame.getClassName()
                                        .substring(frame.getClassName().lastIndexOf('.') + 1)
                                + '.'
                                + frame.getMethodName())
                        .toList());
    }
}
