package io.jobtree.scheduler.otel;

/// How the span of a job of the scheduler itself relates to the span it was spawned under. Baggage survives in
/// each.
public enum RootRelation {
    /// A new trace, with a link to the spawner's span: the default, for the job may outlive the request that
    /// spawned it.
    LINK,
    /// A child of the spawner's span, in its trace.
    CHILD,
    /// A new trace, and no link.
    NONE
}
