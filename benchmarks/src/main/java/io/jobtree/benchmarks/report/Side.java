package io.jobtree.benchmarks.report;

import java.util.Map;
import java.util.Optional;

/// One side of a comparison.
///
/// @param question the benchmark's class
/// @param library its method
/// @param params the parameters that matter
/// @param metric what is compared
record Side(String question, String library, Map<String, String> params, String metric) {
    /// The time for each job, in nanoseconds.
    static final String PER_JOB = "time";

    /// What JMH's `-prof gc` says of the bytes that a call allocates; here for each job.
    static final String ALLOCATION = "gc.alloc.rate.norm";

    /// What [io.jobtree.benchmarks.MemoryBenchmark] counts.
    static final String HEAP = "bytesPerJob";

    static Side time(String question, String library, Map<String, String> params) {
        return new Side(question, library, params, PER_JOB);
    }

    /// The same for another library.
    Side with(String other) {
        return new Side(question, other, params, metric);
    }

    Optional<Measure> in(Run run) {
        return run.find(question, library, params).flatMap(result -> result.metric(metric));
    }

    /// What the metric counts.
    String unit() {
        return metric.equals(PER_JOB) ? "ns" : "B";
    }
}
