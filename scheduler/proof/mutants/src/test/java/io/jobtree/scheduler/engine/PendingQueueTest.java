package io.jobtree.scheduler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The pending jobs of a limit on one thread: their order, and what is left of those that were cancelled.
@Timeout(10)
final class PendingQueueTest {
    private static final int LIMIT = 1000;

    private final Gate gate = Parts.gate(1, LIMIT);
    private final PendingQueue queue = new PendingQueue();

    private static List<JobImpl<?>> jobs(int count) {
        var jobs = new ArrayList<JobImpl<?>>();
        IntStream.range(0, count).forEach(i -> jobs.add(Parts.job()));
        return jobs;
    }

    private List<JobImpl<?>> added(int count) {
        var jobs = jobs(count);
        jobs.forEach(job -> assertThat(queue.add(job.link)).isTrue());
        return jobs;
    }

    private List<JobImpl<?>> granted() {
        var granted = new ArrayList<JobImpl<?>>();
        do {
            for (var job = queue.grantFirst(gate, false); job != null; job = queue.grantFirst(gate, false)) {
                granted.add(job);
            }
        } while (queue.makeReady());
        return granted;
    }

    @Test
    void closed_atFirst_takesNone() {
        var job = Parts.job();
        assertThat(queue.isOpen()).isFalse();
        assertThat(queue.add(job.link)).isFalse();
        assertThat(job.link.queue).isNull();
        assertThat(queue.size()).isZero();
        assertThat(queue.first()).isNull();
        assertThat(queue.makeReady()).isFalse();
        assertThat(queue.grantFirst(gate, false)).isNull();
    }

    @Test
    void open_takesThem_andKeepsWhatItHas() {
        queue.open();
        assertThat(queue.isOpen()).isTrue();
        var jobs = added(2);
        queue.open();
        assertThat(jobs.getFirst().link.queue).isSameAs(queue);
        assertThat(queue.size()).isEqualTo(2);
    }

    @Test
    void close_whereSomeHaveArrived_doesNot() {
        queue.open();
        added(1);
        assertThat(queue.close()).isFalse();
        assertThat(queue.isOpen()).isTrue();
        assertThat(queue.makeReady()).isTrue();
        assertThat(queue.close()).isTrue();
        assertThat(queue.isOpen()).isFalse();
        assertThat(queue.close()).isTrue();
    }

    @Test
    void makeReady_showsTheOldestFirst_andOnlyOnce() {
        queue.open();
        var early = added(3);
        assertThat(queue.noneReady()).isTrue();
        assertThat(queue.makeReady()).isTrue();
        assertThat(queue.noneReady()).isFalse();
        var late = added(2);
        assertThat(queue.makeReady()).isTrue();
        assertThat(queue.first()).isSameAs(early.getFirst().link);

        var all = new ArrayList<>(early);
        all.addAll(late);
        assertThat(granted()).isEqualTo(all);
        assertThat(queue.noneReady()).isTrue();
        assertThat(queue.makeReady()).isFalse();
        assertThat(queue.size()).isZero();
    }

    @Test
    void grantFirst_givesThePlace_andLetsGoOfTheLink() {
        queue.open();
        var jobs = added(2);
        queue.makeReady();
        assertThat(queue.grantFirst(gate, false)).isSameAs(jobs.getFirst());
        assertThat(jobs.getFirst().holds(gate.bit)).isTrue();
        assertThat(jobs.getFirst().link.queue).isNull();
        assertThat(jobs.getFirst().link.next).isNull();
        assertThat(jobs.getLast().holds(gate.bit)).isFalse();
        assertThat(queue.size()).isOne();
        assertThat(gate).hasToString("0 of 1 places taken, " + (LIMIT + 1) + " free in the queue");
    }

    @Test
    void grantFirst_passesThoseWhoHaveNoUseForAPlace() {
        queue.open();
        var jobs = added(3);
        queue.makeReady();
        jobs.get(0).grantPending(gate.bit);
        jobs.get(1).state = JobImpl.DOOMED;
        assertThat(queue.grantFirst(gate, false)).isSameAs(jobs.get(2));
        assertThat(queue.grantFirst(gate, false)).isNull();
    }

    @Test
    void grantFirst_ofOneThatWasTakenOut_freesNoRoom() {
        queue.open();
        var jobs = added(1);
        queue.makeReady();
        assertThat(queue.remove(jobs.getFirst().link)).isTrue();
        assertThat(queue.grantFirst(gate, false)).isSameAs(jobs.getFirst());
        assertThat(gate).hasToString("0 of 1 places taken, " + LIMIT + " free in the queue");
    }

    @Test
    void addLocked_toOneThatIsClosed_isReadyAtOnce() {
        var job = Parts.job();
        queue.addLocked(job.link);
        assertThat(queue.isOpen()).isFalse();
        assertThat(queue.noneReady()).isFalse();
        assertThat(job.link.queue).isSameAs(queue);
        assertThat(queue.grantFirst(gate, false)).isSameAs(job);
    }

    @Test
    void addLocked_toOneThatIsOpen_standsBehindTheOthers() {
        queue.open();
        var jobs = added(2);
        var last = Parts.job();
        queue.addLocked(last.link);
        jobs.add(last);
        assertThat(granted()).isEqualTo(jobs);
    }

    @Test
    void remove_ofOneThatIsNotThere_doesNothing() {
        queue.open();
        added(1);
        assertThat(queue.remove(Parts.job().link)).isFalse();
        assertThat(queue.size()).isOne();
    }

    @Test
    void size_andFirst_countOnlyThoseThatWait() {
        queue.open();
        var early = added(3);
        queue.makeReady();
        var late = added(3);
        for (var gone : List.of(early.get(0), early.get(2), late.get(0), late.get(2))) {
            assertThat(queue.remove(gone.link)).isTrue();
        }
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.first()).isSameAs(early.get(1).link);
        assertThat(queue.grantFirst(gate, false)).isSameAs(early.get(1));
        assertThat(queue.first()).isSameAs(late.get(1).link);
        assertThat(queue.size()).isOne();
    }

    @Test
    void first_whereAllThatWereReadyAreGone_looksAtWhatHasArrived() {
        queue.open();
        var early = added(1);
        queue.makeReady();
        var late = added(2);
        queue.remove(early.getFirst().link);
        queue.remove(late.getFirst().link);
        assertThat(queue.first()).isSameAs(late.getLast().link);
        queue.remove(late.getLast().link);
        assertThat(queue.first()).isNull();
    }

    @Test
    void first_whereTheNewestAloneIsLeftBehind_isNone() {
        queue.open();
        queue.remove(added(1).getFirst().link);
        assertThat(queue.first()).isNull();
    }

    /// Of those that have arrived the newest stays, for another may be about to be put on top of it.
    @Test
    void sweep_letsGoOfWhatWasTakenOut_butTheNewest() {
        queue.open();
        var ready = added(3);
        queue.makeReady();
        var arrived = added(4);
        ready.forEach(job -> queue.remove(job.link));
        arrived.subList(1, 4).forEach(job -> queue.remove(job.link));
        assertThat(queue.size()).isOne();
        assertThat(queue.noneReady()).isTrue();
        assertThat(arrived.get(3).link.next).isSameAs(arrived.get(0).link);
        assertThat(arrived.get(0).link.next).isNull();
    }

    @Test
    void remove_sweepsAfterAsManyAsWait_andSixtyFourAtLeast() {
        queue.open();
        var jobs = added(400);
        queue.makeReady();
        jobs.subList(1, 65).forEach(job -> queue.remove(job.link));
        assertThat(jobs.getFirst().link.next).isSameAs(jobs.get(1).link);
        queue.remove(jobs.get(65).link);
        assertThat(jobs.getFirst().link.next).isSameAs(jobs.get(66).link);

        // 334 wait; so many more may be left behind before the next sweep.
        jobs.subList(66, 399).forEach(job -> queue.remove(job.link));
        assertThat(jobs.getFirst().link.next).isSameAs(jobs.get(66).link);
        assertThat(queue.size()).isEqualTo(2);
        assertThat(jobs.getFirst().link.next).isSameAs(jobs.get(399).link);
    }

    @Test
    void size_countsAsASweep() {
        queue.open();
        var jobs = added(200);
        queue.makeReady();
        jobs.subList(1, 61).forEach(job -> queue.remove(job.link));
        assertThat(queue.size()).isEqualTo(140);
        jobs.subList(61, 125).forEach(job -> queue.remove(job.link));
        assertThat(jobs.getFirst().link.next).isSameAs(jobs.get(61).link);
        queue.remove(jobs.get(125).link);
        assertThat(jobs.getFirst().link.next).isSameAs(jobs.get(126).link);
    }
}
