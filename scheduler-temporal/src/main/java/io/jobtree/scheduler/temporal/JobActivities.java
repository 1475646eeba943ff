package io.jobtree.scheduler.temporal;

import com.google.common.collect.Maps;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.List;
import java.util.Map;

/// What a worker runs, and how: each attempt is a branch job of one scheduler, see [AttemptRunner].
final class JobActivities extends WorkerInterceptorBase {
    final Map<String, RemoteTask<?, ?>> tasks;
    final RemoteHeaders headers;
    final Scheduler scheduler;
    /// Jobs that still run are left to themselves.
    volatile boolean abandoning;

    JobActivities(List<RemoteTask<?, ?>> tasks, RemoteHeaders headers, SchedulerOptions scheduler) {
        this.tasks = Maps.uniqueIndex(tasks, RemoteTask::name);
        this.headers = headers;
        this.scheduler = Scheduler.open(scheduler);
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new AttemptRunner(next, this);
    }
}
