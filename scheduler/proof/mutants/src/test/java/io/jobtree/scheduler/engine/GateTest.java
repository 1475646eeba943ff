package io.jobtree.scheduler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.platform.Failures;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
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
    void returnReservation_ofRoom_makesRoomForAnother() {
        Parts.admit(gate, first);
        gate.tryReserve();
        gate.tryReserve();
        assertThat(gate.returnReservation(Gate.ROOM)).isNull();
        assertThat(gate.tryReserve()).isEqualTo(Gate.ROOM);
        assertThat(gate.tryReserve()).isEqualTo(Gate.NOTHING);
    }

    @Test
    void returnReservation_ofAPlace_isARelease() {
        assertThat(gate.tryReserve()).isEqualTo(Gate.PLACE);
        assertThat(gate.returnReservation(Gate.PLACE)).isNull();
        assertThat(gate.taken()).isZero();
    }

    @Test
    void returnReservation_ofAPlace_givesItToWhoWaits() {
        assertThat(gate.tryReserve()).isEqualTo(Gate.PLACE);
        Parts.admit(gate, first);
        assertThat(gate.returnReservation(Gate.PLACE)).isSameAs(first);
        assertThat(gate.taken()).isOne();
    }

    @Test
    void firstPending_seesWhoHasJustArrived() {
        Parts.admit(gate, first);
        Parts.admit(gate, second);
        Parts.cancel(gate, second);
        Parts.admit(gate, third);
        var fourth = Parts.job();
        Parts.admit(gate, fourth);
        Parts.cancel(gate, third);
        assertThat(gate.firstPending()).isSameAs(fourth);
        assertThat(gate).hasToString("1 of 1 places taken, 1 free in the queue");
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
        assertThat(Parts.cancel(gate, second)).isNull();
        assertThat(gate.waiting()).isOne();
        assertThat(gate.tryReserve()).isEqualTo(Gate.ROOM);
        assertThat(gate.release()).isSameAs(third);
    }

    @Test
    void remove_ofOneThatIsNotThere_changesNothing() {
        Parts.admit(gate, first);
        assertThat(Parts.cancel(gate, third)).isNull();
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

    @Test
    void firstPending_isTheOneThatWaitsLongest_whileEveryPlaceIsTaken() {
        assertThat(gate.firstPending()).isNull();
        Parts.admit(gate, first);
        assertThat(gate.firstPending()).isNull();
        Parts.admit(gate, second);
        Parts.admit(gate, third);
        assertThat(gate.firstPending()).isSameAs(second);
        Parts.cancel(gate, second);
        assertThat(gate.firstPending()).isSameAs(third);
    }

    @Test
    void firstPending_withAPlaceFree_isNone() {
        var two = Parts.gate(2);
        two.tryTake();
        assertThat(two.firstPending()).isNull();
    }

    @Test
    void queue_withoutRoomReserved_takesSome() {
        Parts.admit(gate, first);
        gate.queue(second.link, false);
        assertThat(gate.tryReserve()).isEqualTo(Gate.ROOM);
        assertThat(gate.tryReserve()).isEqualTo(Gate.NOTHING);
    }

    @Test
    void queue_atAGateThatIsFreeAgain_givesThePlace() {
        Parts.admit(gate, first);
        assertThat(gate.tryReserve()).isEqualTo(Gate.ROOM);
        gate.release();
        assertThat(gate.queue(second.link, true)).isSameAs(second);
        assertThat(gate.waiting()).isZero();
        assertThat(gate.taken()).isOne();
    }

    @Test
    void tryTake_doesNotOvertakeWhoWaits() {
        Parts.admit(gate, first);
        Parts.admit(gate, second);
        third.state = JobImpl.CANCELLED;
        assertThat(gate.tryTake()).isFalse();
        assertThat(gate.release()).isSameAs(second);
        assertThat(gate.tryTake()).isFalse();
    }

    @Test
    void takeOrQueueAhead_asksOnce() {
        Parts.admit(gate, first);
        assertThat(Parts.admitAhead(gate, second)).isFalse();
        assertThat(Parts.admitAhead(gate, second)).isFalse();
        assertThat(gate.waiting()).isOne();
        assertThat(gate.release()).isSameAs(second);
        assertThat(gate.release()).isNull();
        assertThat(gate.taken()).isZero();
    }

    @Test
    void remove_ofOneThatReturns_freesNoRoom() {
        Parts.admit(gate, first);
        gate.tryReserve();
        gate.tryReserve();
        Parts.admitAhead(gate, second);
        Parts.cancel(gate, second);
        assertThat(gate.waiting()).isZero();
        assertThat(gate.tryReserve()).isEqualTo(Gate.NOTHING);
    }

    // What a stall is

    @Test
    void starts_changes_whenANewJobHasGotAPlace() throws Exception {
        long none = gate.starts();
        assertThat(gate.starts()).isEqualTo(none);
        gate.tryTake();
        long taken = gate.starts();
        assertThat(taken).isNotEqualTo(none);
        Parts.admit(gate, first);
        Parts.admit(gate, second);
        assertThat(gate.starts()).isEqualTo(taken);
        assertThat(gate.release()).isSameAs(first);
        long granted = gate.starts();
        assertThat(granted).isNotEqualTo(taken);
        assertThat(gate.release()).isSameAs(second);
        assertThat(gate.starts()).isNotEqualTo(granted);
    }

    @Test
    void starts_changes_whenAPlaceIsFoundUnderTheLock() throws Exception {
        Parts.admit(gate, first);
        long before = gate.starts();
        assertThat(gate.tryReserve()).isEqualTo(Gate.ROOM);
        gate.release();
        assertThat(gate.queue(second.link, true)).isSameAs(second);
        long queued = gate.starts();
        assertThat(queued).isNotEqualTo(before);
        gate.tryReserve();
        gate.tryReserve();
        var spawner = spawnerThatWaits();
        assertThat(gate.release()).isNull();
        assertThat(spawner.got()).isEqualTo(Gate.PLACE);
        assertThat(gate.starts()).isNotEqualTo(queued);
    }

    @Test
    void starts_staysTheSame_whenPendingJobsLeave_orOneReturnsFromAWait() {
        Parts.admit(gate, first);
        Parts.admit(gate, second);
        long before = gate.starts();
        Parts.cancel(gate, second);
        Parts.admitAhead(gate, third);
        assertThat(gate.release()).isSameAs(third);
        gate.release();
        Parts.admitAhead(gate, Parts.job());
        assertThat(gate.taken()).isOne();
        assertThat(gate.starts()).isEqualTo(before);
    }

    @Test
    void tryReportStall_saysItOnce_andOnlyWhileNothingStarts() {
        Parts.admit(gate, first);
        long stall = gate.starts();
        assertThat(gate.tryReportStall(stall)).isTrue();
        assertThat(gate.tryReportStall(stall)).isFalse();
        Parts.admit(gate, second);
        gate.release();
        assertThat(gate.tryReportStall(stall)).isFalse();
        long next = gate.starts();
        Parts.admit(gate, third);
        gate.release();
        assertThat(gate.tryReportStall(next)).isFalse();
        assertThat(gate.tryReportStall(gate.starts())).isTrue();
    }

    // Spawners that wait

    private Spawner spawnerThatWaits() {
        var spawner = new Spawner(gate);
        while (spawner.thread.getState() != Thread.State.WAITING) {
            assertThat(spawner.thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        return spawner;
    }

    private void fill() {
        Parts.admit(gate, first);
        gate.tryReserve();
        gate.tryReserve();
    }

    @Test
    void awaitRoom_getsTheRoomThatIsGivenBack_inTurn() throws Exception {
        fill();
        var one = spawnerThatWaits();
        var two = spawnerThatWaits();
        assertThat(gate.returnReservation(Gate.ROOM)).isNull();
        assertThat(one.got()).isEqualTo(Gate.ROOM);
        assertThat(two.thread.isAlive()).isTrue();
        assertThat(gate.returnReservation(Gate.ROOM)).isNull();
        assertThat(two.got()).isEqualTo(Gate.ROOM);
        assertThat(gate.tryReserve()).isEqualTo(Gate.NOTHING);
    }

    @Test
    void awaitRoom_getsThePlace_whereNobodyElseWaits() throws Exception {
        fill();
        var one = spawnerThatWaits();
        assertThat(gate.release()).isNull();
        assertThat(one.got()).isEqualTo(Gate.PLACE);
        assertThat(gate.taken()).isOne();
    }

    @Test
    void awaitRoom_getsTheRoomOfThePendingJobThatGotThePlace() throws Exception {
        Parts.admit(gate, first);
        Parts.admit(gate, second);
        Parts.admit(gate, third);
        var one = spawnerThatWaits();
        assertThat(gate.release()).isSameAs(second);
        assertThat(one.got()).isEqualTo(Gate.ROOM);
    }

    @Test
    void awaitRoom_getsTheRoomOfAJobThatLeftTheQueue() throws Exception {
        Parts.admit(gate, first);
        Parts.admit(gate, second);
        Parts.admit(gate, third);
        var one = spawnerThatWaits();
        assertThat(Parts.cancel(gate, third)).isNull();
        assertThat(one.got()).isEqualTo(Gate.ROOM);
        assertThat(gate.tryReserve()).isEqualTo(Gate.NOTHING);
    }

    @Test
    void awaitRoom_atAGateWithRoom_returnsAtOnce() throws Exception {
        assertThat(new Spawner(gate).got()).isEqualTo(Gate.PLACE);
        assertThat(new Spawner(gate).got()).isEqualTo(Gate.ROOM);
    }

    @Test
    void awaitRoom_ofAnInterruptedThread_throws_andLeavesTheTurnToTheNext() throws Exception {
        fill();
        var one = spawnerThatWaits();
        var two = spawnerThatWaits();
        var three = spawnerThatWaits();
        two.thread.interrupt();
        assertThat(two.thrown()).isInstanceOf(Failures.SpawnInterrupted.class);
        assertThat(two.isFlagKept).isTrue();
        one.thread.interrupt();
        assertThat(one.thrown()).isInstanceOf(Failures.SpawnInterrupted.class);
        gate.returnReservation(Gate.ROOM);
        assertThat(three.got()).isEqualTo(Gate.ROOM);
        assertThat(gate.release()).isNull();
        assertThat(gate.taken()).isZero();
    }

    @Test
    void wakeSpawners_refusesEachWhoseScopeIsClosed_andNoOther() throws Exception {
        fill();
        var one = spawnerThatWaits();
        var two = spawnerThatWaits();
        var open = spawnerThatWaits();
        one.scope.close(Duration.ZERO);
        two.scope.close(Duration.ZERO);
        gate.wakeSpawners();
        assertThat(one.thrown()).isExactlyInstanceOf(RejectedExecutionException.class);
        assertThat(two.thrown()).isExactlyInstanceOf(RejectedExecutionException.class);
        assertThat(open.thread.isAlive()).isTrue();
        gate.returnReservation(Gate.ROOM);
        assertThat(open.got()).isEqualTo(Gate.ROOM);
        assertThat(gate.tryReserve()).isEqualTo(Gate.NOTHING);
        assertThat(gate.release()).isNull();
        assertThat(gate.taken()).isZero();
        assertThat(gate.tryTake()).isTrue();
    }

    @Test
    void awaitRoom_ofAClosedScope_throwsAtOnce() throws Exception {
        fill();
        var spawner = new Spawner(gate, true);
        assertThat(spawner.thrown()).isExactlyInstanceOf(RejectedExecutionException.class);
    }

    /// A thread that waits for room, and what it got.
    private static final class Spawner {
        final RootScope scope = RootScope.open(SchedulerOptions.named("gate"));
        final Thread thread;
        volatile boolean isFlagKept;
        private volatile int got = -1;
        private volatile @Nullable Throwable thrown;

        Spawner(Gate gate) {
            this(gate, false);
        }

        Spawner(Gate gate, boolean isClosed) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try (var scheduler = scope.scheduler()) {
                    if (isClosed) {
                        scheduler.close(Duration.ZERO);
                    }
                    got = gate.awaitRoom(scope);
                } catch (Throwable refused) {
                    thrown = refused;
                    isFlagKept = Thread.currentThread().isInterrupted();
                }
            });
        }

        int got() throws InterruptedException {
            thread.join();
            return got;
        }

        @Nullable
        Throwable thrown() throws InterruptedException {
            thread.join();
            return thrown;
        }
    }
}
