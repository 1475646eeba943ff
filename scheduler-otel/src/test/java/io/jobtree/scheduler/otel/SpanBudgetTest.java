package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.otel.SpanBudget.Kind;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpanBudgetTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong clock = new AtomicLong();

    @ParameterizedTest
    @ValueSource(longs = {0, -SECOND, Long.MAX_VALUE - SECOND / 10, Long.MIN_VALUE})
    void atOnce_thereIsTheBurst_withAThirdForRoots_andHalfOfThatForFailures(long now) {
        clock.set(now);
        var budget = new SpanBudget(600, 100, clock::get);

        assertThat(taken(budget, Kind.BELOW)).isEqualTo(400);
        assertThat(taken(budget, Kind.ROOT)).isEqualTo(100);
        assertThat(taken(budget, Kind.FAILURE)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -SECOND, Long.MAX_VALUE - SECOND / 10})
    void inTime_thereIsTheRate_forFailuresFirst(long now) {
        clock.set(now);
        var budget = new SpanBudget(600, 100, clock::get);
        taken(budget, Kind.FAILURE);
        clock.addAndGet(SECOND / 2);

        assertThat(taken(budget, Kind.BELOW)).isZero();
        assertThat(taken(budget, Kind.ROOT)).isZero();
        assertThat(taken(budget, Kind.FAILURE)).isEqualTo(50);
        clock.addAndGet(2 * SECOND);
        assertThat(taken(budget, Kind.BELOW)).isZero();
        assertThat(taken(budget, Kind.ROOT)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -SECOND})
    void whatIsGivenBack_mayBeTakenAgain_andNeverMoreThanTheBurst(long now) {
        clock.set(now);
        var budget = new SpanBudget(6, 100, clock::get);
        for (int i = 0; i < 1_000; i++) {
            assertThat(budget.tryTake(Kind.BELOW)).isTrue();
            budget.giveBack();
        }
        clock.addAndGet(100 * SECOND);

        assertThat(taken(budget, Kind.FAILURE)).isEqualTo(6);
    }

    private static int taken(SpanBudget budget, Kind kind) {
        int taken = 0;
        while (budget.tryTake(kind)) {
            taken++;
        }
        return taken;
    }
}
