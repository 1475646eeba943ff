package io.jobtree.scheduler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The jobs that wait for a reused thread, on one thread.
@Timeout(10)
final class WorkersTest {
    private final AtomicInteger wakes = new AtomicInteger();
    private final Workers workers = new Workers(wakes::incrementAndGet);

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
    void jobThatComesWhereNoneHasArrived_wakesTheSupervisor_andTheNextDoesNot() {
        add();
        assertThat(wakes).hasValue(1);
        add();
        assertThat(wakes).hasValue(1);
    }

    @Test
    void whoMakesSeveralReady_wakesTheSupervisor_forTheRest() {
        add();
        add();
        add();
        wakes.set(0);
        workers.poll();
        assertThat(wakes).hasValue(1);
        workers.poll();
        workers.poll();
        assertThat(wakes).hasValue(1);
    }

    @Test
    void whoMakesOneReady_whichItTakes_wakesNobody() {
        add();
        wakes.set(0);
        workers.poll();
        assertThat(workers.poll()).isNull();
        assertThat(wakes).hasValue(0);
    }

    @Test
    void workerIsNeeded_whereJobsWait_andNoneIsOnItsWay() {
        assertThat(workers.needWorker()).isFalse();
        add();
        assertThat(workers.needWorker()).isTrue();
        workers.workerComes();
        assertThat(workers.needWorker()).isFalse();
        workers.workerCame();
        assertThat(workers.needWorker()).isTrue();
    }

    @Test
    void workerThatHasCome_wakesTheSupervisor_whereJobsAreLeft() {
        workers.workerCame();
        assertThat(wakes).hasValue(0);
        add();
        wakes.set(0);
        workers.workerCame();
        assertThat(wakes).hasValue(1);
    }

    @Test
    void strandFirst_takesOneOff() {
        workers.strandFirst();
        // One that is done needs no thread, nor a scheduler that gives it one.
        add().state = JobImpl.SUCCEEDED;
        var second = add();
        workers.strandFirst();
        assertThat(workers.poll()).isSameAs(second);
    }

    @Test
    void queueBehind_takesAJob_whereOthersAreBeforeIt() {
        var granted = Parts.job();
        assertThat(workers.queueBehind(granted, false)).isFalse();
        var first = add();
        wakes.set(0);
        assertThat(workers.queueBehind(granted, false)).isTrue();
        assertThat(wakes).hasValue(0);
        assertThat(workers.poll()).isSameAs(first);
        assertThat(workers.poll()).isSameAs(granted);
        assertThat(workers.isEmpty()).isTrue();
    }

    @Test
    void queueBehind_takesTheOnlyOne_ifAsked() {
        var granted = Parts.job();
        assertThat(workers.queueBehind(granted, true)).isTrue();
        assertThat(workers.poll()).isSameAs(granted);
    }

    @Test
    void queueBehind_leavesAJobThatIsDone() {
        add();
        var done = Parts.job();
        done.link = Link.GONE;
        assertThat(workers.queueBehind(done, true)).isFalse();
    }
}
