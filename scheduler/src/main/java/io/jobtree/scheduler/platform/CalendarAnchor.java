package io.jobtree.scheduler.platform;

import java.time.Duration;
import java.time.Instant;

/// One moment on both clocks: the calendar's, and `nanoTime`, which is monotonic.
///
/// The calendar's is set while a program runs: where a virtual machine is resumed, by hours. What was anchored before
/// is off by that for good. So the anchor follows, but only where the clocks are apart by more than they drift in a
/// while: moments that are read one after the other have their order.
///
/// @param moment by the calendar
/// @param nanos by `nanoTime`
/// @param slack how much later than the moment the nanos may have been read
record CalendarAnchor(Instant moment, long nanos, long slack) {
    private static final long FAR = Duration.ofMillis(100).toNanos();
    private static final long NEAR = Duration.ofMillis(1).toNanos();

    static CalendarAnchor take() {
        long before = System.nanoTime();
        var moment = Instant.now();
        long after = System.nanoTime();
        return new CalendarAnchor(moment, after, after - before);
    }

    /// This one, or the one that was just taken, where the calendar's clock has been set in between.
    ///
    /// @param now taken after this one
    CalendarAnchor follow(CalendarAnchor now) {
        // A thread that stood still between the two readings says nothing of the clocks.
        return now.slack < NEAR && apart(now).compareTo(Duration.ofNanos(FAR)) > 0 ? now : this;
    }

    private Duration apart(CalendarAnchor now) {
        return Duration.between(at(now.nanos), now.moment).abs();
    }

    Instant at(long nanoTime) {
        return moment.plusNanos(nanoTime - nanos);
    }
}
