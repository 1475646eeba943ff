package io.jobtree.scheduler.otel;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// How many spans may go out at once and a second, over all trees: a token bucket. What an exporter's queue has no
/// room for is lost without a word; what has no token here is counted.
///
/// Spans of jobs below others leave a third of the bucket to roots and failures, and roots leave half of that to
/// failures. So whatever bursts, a failure finds a token as long as failures alone do not exceed the rate.
///
/// It is refilled in ticks, by a thread, and not by the clock: where a busy machine gives no time to threads for a
/// while, the exporter's stands still too, and its queue would overflow with what the clock allowed meanwhile.
final class SpanBudget {
    /// For whom a token is.
    enum Kind {
        BELOW,
        ROOT,
        FAILURE
    }

    static final Duration TICK = Duration.ofMillis(20);

    private static final int THOUSANDTHS = 1_000;

    static final SpanBudget UNLIMITED = new SpanBudget(1, 1, _ -> {}, false);

    private final boolean limited;
    private final int burst;
    private final int perSecond;
    private final Consumer<Runnable> nextTick;
    private final AtomicInteger tokens;
    private final AtomicBoolean ticking = new AtomicBoolean();

    /// What is due of a token, in thousandths. Touched by ticks alone, of which there is one at a time.
    private long due;

    /// @param burst how many at once
    /// @param perSecond how many a second in the long run
    /// @param nextTick runs what it is given a tick later
    SpanBudget(int burst, int perSecond, Consumer<Runnable> nextTick) {
        this(burst, perSecond, nextTick, true);
    }

    private SpanBudget(int burst, int perSecond, Consumer<Runnable> nextTick, boolean limited) {
        this.limited = limited;
        this.burst = burst;
        this.perSecond = perSecond;
        this.nextTick = nextTick;
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
            nextTick.accept(this::tick);
        }
    }

    private void tick() {
        due += perSecond * TICK.toMillis();
        int whole = (int) (due / THOUSANDTHS);
        due %= THOUSANDTHS;
        if (add(whole) < burst) {
            nextTick.accept(this::tick);
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
