package io.jobtree.scheduler.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The jobs that hold the places of limits, of whatever scope and scheduler. All are looked for once, when
/// that is needed first: there may be as many limits as jobs. A job that gave its place up for a wait is not
/// one of them.
final class Holders {
    private @Nullable Map<Gate, List<JobImpl<?>>> all;

    /// Those of one limit, oldest first.
    ///
    /// @param near a scope of which jobs wait for it: no others are looked at where its own hold all places
    List<JobImpl<?>> of(Gate gate, Scope near) {
        if (near.gate == gate) {
            var direct = near.live.list(job -> job.holding.limit() == gate && job.holds(gate.bit));
            if (direct.size() >= gate.taken()) {
                return direct;
            }
        }
        var known = all;
        if (known == null) {
            known = find();
            all = known;
        }
        return known.getOrDefault(gate, List.of());
    }

    private static Map<Gate, List<JobImpl<?>>> find() {
        Map<Gate, List<JobImpl<?>>> found = new HashMap<>();
        for (var scheduler : OpenSchedulers.allWithJobs()) {
            scheduler.eachBelow(job -> {
                add(job, job.holding.limit(), found);
                add(job, job.holding.shared(), found);
            });
        }
        found.values().forEach(holders -> holders.sort(Comparator.comparingLong(JobImpl::id)));
        return found;
    }

    private static void add(JobImpl<?> job, @Nullable Gate gate, Map<Gate, List<JobImpl<?>>> found) {
        if (gate != null && job.holds(gate.bit)) {
            found.computeIfAbsent(gate, any -> new ArrayList<>(1)).add(job);
        }
    }
}
