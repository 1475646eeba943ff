package io.jobtree.scheduler.otel.semconv;

/// The names of events, of spans and logs; what each means is in the documentation of the exported package.
public final class Events {
    public static final String STARTED = "jobtree.job.started";
    public static final String HEARTBEAT = "jobtree.job.heartbeat";
    public static final String STRAGGLER = "jobtree.job.straggler";
    public static final String CANCELLING = "jobtree.job.cancelling";
    public static final String REFUSED = "jobtree.job.refused";

    private Events() {}
}
