package io.jobtree.scheduler.otel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.otel.pipeline.SpanBudget.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class SpanBudgetTest {
    private static final int PER_TICK = 20;
    private static final int PER_SECOND = 1_000;

    private final ArrayDeque<Runnable> ticks = new ArrayDeque<>();
    private long now;
    private final SpanBudget budget = new SpanBudget(600, PER_SECOND, ticks::add, () -> now);

    @Test
    void atOnce_thereIsTheBurst_withAThirdForRoots_andHalfOfThatForFailures() {
        assertThat(taken(Kind.BELOW)).isEqualTo(400);
        assertThat(taken(Kind.ROOT)).isEqualTo(100);
        assertThat(taken(Kind.FAILURE)).isEqualTo(100);
    }

    @Test
    void inTime_thereIsTheRate_forFailuresFirst() {
        taken(Kind.FAILURE);
        tick(3);

        assertThat(taken(Kind.BELOW)).isZero();
        assertThat(taken(Kind.ROOT)).isZero();
        assertThat(taken(Kind.FAILURE)).isEqualTo(3 * PER_TICK);
        tick(10);
        assertThat(taken(Kind.BELOW)).isZero();
        assertThat(taken(Kind.ROOT)).isEqualTo(10 * PER_TICK - 100);
    }

    @Test
    void whatIsGivenBack_mayBeTakenAgain_andNeverMoreThanTheBurst() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(budget.tryTake(Kind.BELOW)).isTrue();
            budget.giveBack();
        }

        assertThat(taken(Kind.FAILURE)).isEqualTo(600);
    }

    @Test
    void fullBucket_needsNoTicks() {
        assertThat(ticks).isEmpty();
        budget.tryTake(Kind.ROOT);
        budget.tryTake(Kind.ROOT);
        assertThat(ticks).hasSize(1);
        tick(1);
        assertThat(ticks).isEmpty();
        budget.tryTake(Kind.ROOT);
        assertThat(ticks).hasSize(1);
    }

    @Test
    void slowRate_isKept_thoughItIsLessThanATokenATick() {
        var slow = new SpanBudget(60, 70, ticks::add, () -> now);
        while (slow.tryTake(Kind.FAILURE)) {
            // until there is none
        }
        tick(25);

        int taken = 0;
        while (slow.tryTake(Kind.FAILURE)) {
            taken++;
        }
        assertThat(taken).isEqualTo(35);
    }

    @Test
    void lateTick_makesUpForThat_butNotForAStandstill() {
        taken(Kind.FAILURE);
        now += 2 * SpanBudget.TICK.toNanos();
        tick(1);
        assertThat(taken(Kind.FAILURE)).isEqualTo(3 * PER_TICK);
        now += Duration.ofHours(1).toNanos();
        tick(1);
        assertThat(taken(Kind.FAILURE)).isEqualTo(5 * PER_TICK);
    }

    @Test
    void tickThatCouldNotBeScheduled_isTriedAgain_alsoWhereNothingIsLeft() {
        var noThread = new AtomicBoolean(true);
        var starved = new SpanBudget(
                6,
                PER_SECOND,
                code -> {
                    if (noThread.get()) {
                        throw new IllegalStateException("no thread");
                    }
                    ticks.add(code);
                },
                () -> now);
        while (starved.tryTake(Kind.FAILURE)) {
            // until there is none
        }
        assertThat(ticks).isEmpty();
        noThread.set(false);

        assertThat(starved.tryTake(Kind.FAILURE)).isFalse();
        tick(1);
        assertThat(starved.tryTake(Kind.FAILURE)).isTrue();
    }

    private void tick(int times) {
        for (int i = 0; i < times; i++) {
            now += SpanBudget.TICK.toNanos();
            ticks.remove().run();
        }
    }

    private int taken(Kind kind) {
        int taken = 0;
        while (budget.tryTake(kind)) {
            taken++;
        }
        return taken;
    }
}
