package io.jobtree.scheduler.junit5.leak;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.find.SchedulerRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One scheduler that was left open, frozen.
///
/// @param scheduler null if it was collected without a close
public record SchedulerLeak(
        String name,
        int unfinished,
        List<StackTraceElement> site,
        @Nullable Scheduler scheduler) {
    static SchedulerLeak freeze(SchedulerRecord entry) {
        Scheduler scheduler = entry.get();
        int unfinished = scheduler == null ? 0 : scheduler.activeCount() + scheduler.pendingCount();
        return new SchedulerLeak(entry.name(), unfinished, entry.site().frames(), scheduler);
    }

    public Frames openedAt() {
        return Frames.of(site);
    }
}
