package io.jobtree.scheduler.synctest.runtime;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a bubble is to run.
///
/// @param seed of the schedule; null for first come, first served
/// @param epoch what the clock shows at first
/// @param packages whose classes yield at their accesses to shared state
public record Plan(@Nullable Long seed, Instant epoch, List<String> packages) {
    public Plan {
        packages = List.copyOf(packages);
    }
}
