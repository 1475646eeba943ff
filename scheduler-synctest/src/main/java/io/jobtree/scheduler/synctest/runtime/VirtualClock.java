package io.jobtree.scheduler.synctest.runtime;

import java.time.Duration;
import java.time.Instant;

/// The one time of a bubble, as each of the JDK's clocks shows it.
final class VirtualClock {
    private static final long SECOND = 1_000_000_000L;

    /// `nanoTime` less the wall clock, in nanoseconds. Kept inside, so that code which once noted both
    /// and reckons one from the other does so rightly wherever it noted them.
    @SuppressWarnings("TimeInStaticInitializer") // the two clocks at one moment, whichever it is
    private static final long ORIGIN = System.nanoTime() - sinceEpoch(Instant.now());

    private final long start;
    private long elapsed;

    VirtualClock(Instant epoch) {
        start = sinceEpoch(epoch);
    }

    private static long sinceEpoch(Instant instant) {
        return instant.getEpochSecond() * SECOND + instant.getNano();
    }

    /// Since the bubble began.
    long elapsed() {
        return elapsed;
    }

    void advanceTo(long nanos) {
        elapsed = Math.max(elapsed, nanos);
    }

    long nanoTime() {
        return ORIGIN + start + elapsed;
    }

    long currentTimeMillis() {
        return Math.floorDiv(start + elapsed, 1_000_000);
    }

    /// As `VM.getNanoTimeAdjustment`: nanoseconds since that many seconds after 1970.
    long nanosSince(long seconds) {
        return start + elapsed - seconds * SECOND;
    }

    @Override
    public String toString() {
        return "+" + Duration.ofNanos(elapsed) + " ("
                + Instant.ofEpochSecond(0, start).plusNanos(elapsed) + ")";
    }
}
