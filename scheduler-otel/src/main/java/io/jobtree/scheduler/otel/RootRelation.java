package io.jobtree.scheduler.otel;

/// How the span of a job relates to the span that it was spawned under: that of the parent job, or for a job of
/// the scheduler itself the spawning thread's. Baggage survives in each.
public enum RootRelation {
    /// In its trace, as its child: the default.
    CHILD,
    /// The root of a new trace, with a link: for a job that outlives the request by far, or for each chunk of a
    /// batch that would be too large a trace. Whether it is sampled is decided again, except by a [sampler that
    /// follows links][io.jobtree.scheduler.otel.sdk.LinkSampler].
    LINK,
    /// The root of a new trace, and no link.
    NONE
}
