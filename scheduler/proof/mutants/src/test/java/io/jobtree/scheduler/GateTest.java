package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A gate on one thread: who gets a place, and in which order.
@Timeout(10)
final class GateTest {
    private final Gate gate = Parts.gate(1, 2);
    private final JobImpl<?> first = Parts.job();
    private final JobImpl<?> second = Parts.job();
    private final JobImpl<?> third = Parts.job();

    private boolean hasPlace(JobImpl<?> job) {
        return Parts.hasPlace(gate, job);
    }

    @Test
    void tryTake_takesAsManyAsThereAre() {
        assertThat(gate.tryTake()).isTrue();
        assertThat(gate.tryTake()).isFalse();
        assertThat(gate.taken()).isOne();
    }

    @Test
    void release_withoutAnyoneWaiting_freesThePlace() {
        gate.tryTake();
        assertThat(gate.release()).isNull();
        assertThat(gate.taken()).isZero();
        assertThat(gate.tryTake()).isTrue();
    }

    @Test
    void admit_ofTheFirst_givesItThePlace() {
        assertThat(Parts.admit(gate, first)).isTrue();
        assertThat(hasPlace(first)).isTrue();
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void release_givesThePlaceToWhoWaitedLongest() {
        Parts.admit(gate, first);
        assertThat(Parts.admit(gate, second)).isFalse();
        assertThat(Parts.admit(gate, third)).isFalse();
        assertThat(gate.waiting()).isEqualTo(2);
        assertThat(gate.release()).isSameAs(second);
        assertThat(hasPlace(second)).isTrue();
        assertThat(hasPlace(third)).isFalse();
        assertThat(gate.release()).isSameAs(third);
        assertThat(gate.release()).isNull();
        assertThat(gate.taken()).isZero();
    }

    @Test
    void tryReserve_withoutRoom_givesNothing() {
        Parts.admit(gate, first);
        assertThat(gate.tryReserve()).isEqualTo(Gate.ROOM);
        assertThat(gate.tryReserve()).isEqualTo(Gate.ROOM);
        assertThat(gate.tryReserve()).isEqualTo(Gate.NOTHING);
    }

    @Test
    void giveBack_ofRoom_makesRoomForAnother() {
        Parts.admit(gate, first);
        gate.tryReserve();
        gate.tryReserve();
        assertThat(gate.giveBack(Gate.ROOM)).isNull();
        assertThat(gate.tryReserve()).isEqualTo(Gate.ROOM);
        assertThat(gate.tryReserve()).isEqualTo(Gate.NOTHING);
    }

    @Test
    void giveBack_ofAPlace_isARelease() {
        assertThat(gate.tryReserve()).isEqualTo(Gate.PLACE);
        assertThat(gate.giveBack(Gate.PLACE)).isNull();
        assertThat(gate.taken()).isZero();
    }

    @Test
    void queue_leavesItsRoom_whenTheJobGetsAPlace() {
        Parts.admit(gate, first);
        Parts.admit(gate, second);
        Parts.admit(gate, third);
        assertThat(gate.tryReserve()).isEqualTo(Gate.NOTHING);
        gate.release();
        assertThat(gate.tryReserve()).isEqualTo(Gate.ROOM);
        assertThat(gate.tryReserve()).isEqualTo(Gate.NOTHING);
    }

    @Test
    void remove_letsTheNextPass_andFreesTheRoom() {
        Parts.admit(gate, first);
        Parts.admit(gate, second);
        Parts.admit(gate, third);
        assertThat(gate.remove(second.link)).isNull();
        assertThat(gate.waiting()).isOne();
        assertThat(gate.tryReserve()).isEqualTo(Gate.ROOM);
        assertThat(gate.release()).isSameAs(third);
    }

    @Test
    void remove_ofOneThatIsNotThere_changesNothing() {
        Parts.admit(gate, first);
        assertThat(gate.remove(third.link)).isNull();
        assertThat(gate.taken()).isOne();
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void admitAhead_standsAheadOfPendingJobs() {
        Parts.admit(gate, first);
        Parts.admit(gate, second);
        assertThat(Parts.admitAhead(gate, third)).isFalse();
        assertThat(gate.waiting()).isEqualTo(2);
        assertThat(gate.release()).isSameAs(third);
        assertThat(gate.release()).isSameAs(second);
    }

    @Test
    void admitAhead_takesAFreePlace() {
        assertThat(Parts.admitAhead(gate, first)).isTrue();
        assertThat(gate.taken()).isOne();
    }

    @Test
    void release_skipsAJobThatHasNoUseForAPlace() {
        Parts.admit(gate, first);
        Parts.admit(gate, second);
        Parts.admit(gate, third);
        second.state = JobImpl.CANCELLED;
        assertThat(gate.release()).isSameAs(third);
        assertThat(hasPlace(second)).isFalse();
    }

    @Test
    void toString_countsPlacesAndRoom() {
        assertThat(gate).hasToString("0 of 1 places taken, 2 free in the queue");
        Parts.admit(gate, first);
        assertThat(gate).hasToString("1 of 1 places taken, 2 free in the queue");
        assertThat(Parts.gate(3)).hasToString("0 of 3 places taken");
    }
}
