package io.jobtree.scheduler.temporal;

/// What is to be done, as it travels.
///
/// @param name of the activity or workflow
/// @param kind of work
/// @param options with the timeout that the job's deadline leaves
record Order(String name, Kind kind, RemoteOptions options) {
    enum Kind {
        /// One activity, in a workflow of its own.
        ACTIVITY,
        /// An activity for each element of a list.
        BATCH,
        /// A workflow that the workers have an implementation of.
        WORKFLOW
    }
}
