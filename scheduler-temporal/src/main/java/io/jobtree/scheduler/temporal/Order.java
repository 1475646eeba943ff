package io.jobtree.scheduler.temporal;

import com.google.common.collect.Comparators;
import java.time.Duration;

/// What is to be done, as it travels.
///
/// @param name of the activity or workflow
/// @param kind of work
/// @param options how; the timeout is what the job's deadline leaves of it
record Order(String name, Kind kind, RemoteOptions options) {
    enum Kind {
        /// One activity, in a workflow of its own.
        ACTIVITY,
        /// An activity for each element of a list.
        BATCH,
        /// A workflow that the workers have an implementation of.
        WORKFLOW
    }

    /// The same with no more time than `rest`; with some in any case, so that it is the engine that gives it up.
    Order within(Duration rest) {
        var timeout = Comparators.min(options.timeout(), Comparators.max(rest, Duration.ofMillis(1)));
        return new Order(name, kind, options.withTimeout(timeout));
    }
}
