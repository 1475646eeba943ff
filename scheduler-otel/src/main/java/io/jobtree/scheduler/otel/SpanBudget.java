package io.jobtree.scheduler.otel;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// How many spans may go out at once and a second, over all trees: a token bucket. What an exporter's queue has no
/// room for is lost without a word; what has no token here is counted.
///
/// Spans of jobs below others leave a third of the bucket to roots and failures, and roots leave half of that to
/// failures. So whatever bursts, a failure finds a token as long as failures alone do not exceed the rate.
///
/// Kept as one number, the time at which the bucket is full again (the generic cell rate algorithm): nothing has
/// to refill it.
final class SpanBudget {
    /// For whom a token is.
    enum Kind {
        BELOW,
        ROOT,
        FAILURE
    }

    static final SpanBudget UNLIMITED = new SpanBudget(1, 1, () -> 0, false);

    private static final long NANOS_IN_A_SECOND = 1_000_000_000L;

    private final boolean limited;
    private final long nanosEach;
    private final long forBelow;
    private final long forRoots;
    private final long forFailures;
    private final LongSupplier clock;

    /// Compared with the clock by difference alone, for that may be negative and overflow.
    private final AtomicLong fullAt;

    /// @param burst how many at once
    /// @param perSecond how many a second in the long run
    /// @param clock nanoseconds
    SpanBudget(int burst, int perSecond, LongSupplier clock) {
        this(burst, perSecond, clock, true);
    }

    private SpanBudget(int burst, int perSecond, LongSupplier clock, boolean limited) {
        this.limited = limited;
        this.nanosEach = Math.max(1, NANOS_IN_A_SECOND / perSecond);
        this.clock = clock;
        this.fullAt = new AtomicLong(clock.getAsLong());
        this.forBelow = (burst - burst / 3) * nanosEach;
        this.forRoots = (burst - burst / 6) * nanosEach;
        this.forFailures = burst * nanosEach;
    }

    boolean tryTake(Kind kind) {
        if (!limited) {
            return true;
        }
        long most = switch (kind) {
            case BELOW -> forBelow;
            case ROOT -> forRoots;
            case FAILURE -> forFailures;
        };
        long now = clock.getAsLong();
        while (true) {
            long full = fullAt.get();
            long lacking = Math.max(0, full - now);
            if (lacking + nanosEach > most) {
                return false;
            }
            if (fullAt.compareAndSet(full, now + lacking + nanosEach)) {
                return true;
            }
        }
    }

    /// A span that took a token is not recorded, so the exporter never sees it.
    void giveBack() {
        if (limited) {
            fullAt.addAndGet(-nanosEach);
        }
    }
}
