package io.jobtree.scheduler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The jobs that wait for a reused thread, on one thread.
@Timeout(10)
final class WorkersTest {
    private final Workers workers = Parts.workers();

    private JobImpl<?> add() {
        var job = Parts.job();
        workers.add(job.link);
        return job;
    }

    @Test
    void poll_givesTheFirst_untilNoneIsLeft() {
        assertThat(workers.isEmpty()).isTrue();
        assertThat(workers.poll()).isNull();
        var first = add();
        var second = add();
        assertThat(workers.isEmpty()).isFalse();
        assertThat(workers.poll()).isSameAs(first);
        var third = add();
        assertThat(workers.poll()).isSameAs(second);
        assertThat(workers.poll()).isSameAs(third);
        assertThat(workers.isEmpty()).isTrue();
        assertThat(workers.poll()).isNull();
    }

    @Test
    void poll_letsGoOfTheLink_andLeavesOutWhatIsDone() {
        var first = add();
        add().link.job = null;
        var third = add();
        assertThat(workers.poll()).isSameAs(first);
        assertThat(first.link.next).isNull();
        assertThat(workers.poll()).isSameAs(third);
    }

    @Test
    void queueBehind_takesAJob_whereOthersAreBeforeIt() {
        var granted = Parts.job();
        assertThat(workers.queueBehind(granted)).isFalse();
        var first = add();
        assertThat(workers.queueBehind(granted)).isTrue();
        assertThat(workers.poll()).isSameAs(first);
        assertThat(workers.poll()).isSameAs(granted);
        assertThat(workers.isEmpty()).isTrue();
    }

    @Test
    void queueBehind_leavesAJobThatIsDone() {
        add();
        var done = Parts.job();
        done.link = Link.GONE;
        assertThat(workers.queueBehind(done)).isFalse();
    }
}
