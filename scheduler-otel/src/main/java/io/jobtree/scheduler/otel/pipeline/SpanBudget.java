package io.jobtree.scheduler.otel.pipeline;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// How many spans may go out at once and a second, over all trees: a token bucket. What an exporter's queue has no
/// room for is lost without a word; what has no token here is counted.
///
/// Spans of jobs below others leave a third of the bucket to roots and failures, and roots leave half of that to
/// failures. So whatever bursts, a failure finds a token as long as failures alone do not exceed the rate.
///
/// It is refilled in ticks, by a thread, and not by the clock alone: where a busy machine gives no time to
/// threads for a while, the exporter's stands still too, and its queue would overflow with what the clock allowed
/// meanwhile. A tick that is a little late makes up for that.
final class SpanBudget {
    /// For whom a token is.
    enum Kind {
        BELOW,
        ROOT,
        FAILURE
    }

    static final Duration TICK = Duration.ofMillis(20);

    private static final long SECOND = 1_000_000_000;

    /// How many ticks a late one is worth at most.
    private static final int MOST_TICKS = 5;

    static final SpanBudget UNLIMITED = new SpanBudget(1, 1, _ -> {}, System::nanoTime, false);

    private final boolean limited;
    private final int burst;
    private final int perSecond;
    private final Consumer<Runnable> nextTick;
    private final LongSupplier nanoTime;
    private final AtomicInteger tokens;
    private final AtomicBoolean ticking = new AtomicBoolean();

    // Touched by ticks, of which there is one at a time, and before the first of them by who starts them.

    /// When the last tick was.
    private long lastNanos;

    /// What is due of a token, in billionths.
    private long due;

    /// @param burst how many at once
    /// @param perSecond how many a second in the long run
    /// @param nextTick runs what it is given a tick later
    /// @param nanoTime a clock
    SpanBudget(int burst, int perSecond, Consumer<Runnable> nextTick, LongSupplier nanoTime) {
        this(burst, perSecond, nextTick, nanoTime, true);
    }

    private SpanBudget(int burst, int perSecond, Consumer<Runnable> nextTick, LongSupplier nanoTime, boolean limited) {
        this.limited = limited;
        this.burst = burst;
        this.perSecond = perSecond;
        this.nextTick = nextTick;
        this.nanoTime = nanoTime;
        this.tokens = new AtomicInteger(burst);
    }

    boolean tryTake(Kind kind) {
        if (!limited) {
            return true;
        }
        int left = leftBy(kind);
        for (int now = tokens.get(); now > left; now = tokens.get()) {
            if (tokens.compareAndSet(now, now - 1)) {
                refill();
                return true;
            }
        }
        refill();
        return false;
    }

    /// How many tokens are for others.
    private int leftBy(Kind kind) {
        return switch (kind) {
            case BELOW -> burst / 3;
            case ROOT -> burst / 6;
            case FAILURE -> 0;
        };
    }

    /// A span that took a token is not recorded, so the exporter never sees it.
    void giveBack() {
        if (limited) {
            add(1);
        }
    }

    private void refill() {
        if (!ticking.get() && ticking.compareAndSet(false, true)) {
            lastNanos = nanoTime.getAsLong();
            tickLater();
        }
    }

    /// Where there is no memory or no thread for the next tick, whoever asks for a token next tries again.
    private void tickLater() {
        try {
            nextTick.accept(this::tick);
        } catch (Throwable noThread) {
            ticking.set(false);
        }
    }

    private void tick() {
        long now = nanoTime.getAsLong();
        due += perSecond * Math.clamp(now - lastNanos, TICK.toNanos(), MOST_TICKS * TICK.toNanos());
        lastNanos = now;
        int whole = (int) (due / SECOND);
        due %= SECOND;
        if (add(whole) < burst) {
            tickLater();
            return;
        }
        ticking.set(false);
        // Who took one before that found it ticking.
        if (tokens.get() < burst) {
            refill();
        }
    }

    private int add(int more) {
        return tokens.updateAndGet(now -> (int) Math.min(burst, (long) now + more));
    }
}
