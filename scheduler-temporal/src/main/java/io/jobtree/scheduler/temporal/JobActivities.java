package io.jobtree.scheduler.temporal;

import com.google.common.collect.Maps;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What a worker can run, and how: each body is a branch job of one scheduler.
///
/// ```java
/// JobActivities.of(BILL, SHIP).withScheduler(SchedulerOptions.named("billing").withLimit(8))
/// ```
///
/// @param tasks by their names
/// @param implementations of activity interfaces of Temporal; each call of a method is a branch job, whose scope
///     [RemoteAttempt] has
/// @param workflows implementations of workflow interfaces of Temporal, classes with a constructor without parameters
/// @param scheduler the options of the scheduler; its limit bounds what is taken from the queue, its two timeouts of
///     closing are the worker's
/// @param headers what restores the context of the job whose body is run: the same as in the JVM of that job
public record JobActivities(
        Map<String, RemoteTask<?, ?>> tasks,
        List<Object> implementations,
        List<Class<?>> workflows,
        SchedulerOptions scheduler,
        RemoteHeaders headers) {
    /// Of tasks.
    ///
    /// @param tasks each with a name of its own
    /// @return the activities
    public static JobActivities of(RemoteTask<?, ?>... tasks) {
        var named = Maps.uniqueIndex(List.of(tasks), RemoteTask::name);
        return new JobActivities(named, List.of(), List.of(), SchedulerOptions.named("worker"), RemoteHeaders.NONE);
    }

    /// Adds implementations of activities.
    ///
    /// @param more objects whose classes have activity interfaces
    /// @return a copy with them
    public JobActivities withImplementation(Object... more) {
        var all = Stream.concat(implementations.stream(), Stream.of(more));
        return new JobActivities(tasks, all.toList(), workflows, scheduler, headers);
    }

    /// Adds implementations of workflows. Their code has to obey Temporal's rules for workflows, and is no job; the
    /// activities that it runs are.
    ///
    /// @param more classes that have a workflow interface
    /// @return a copy with them
    public JobActivities withWorkflow(Class<?>... more) {
        var all = Stream.<Class<?>>concat(workflows.stream(), Stream.of(more));
        return new JobActivities(tasks, implementations, all.toList(), scheduler, headers);
    }

    /// Sets the options of the scheduler.
    ///
    /// @param options for the scheduler
    /// @return a copy with them
    public JobActivities withScheduler(SchedulerOptions options) {
        return new JobActivities(tasks, implementations, workflows, options, headers);
    }

    /// Sets what restores the context.
    ///
    /// @param newHeaders the same as in the JVM of the job
    /// @return a copy with it
    public JobActivities withHeaders(RemoteHeaders newHeaders) {
        return new JobActivities(tasks, implementations, workflows, scheduler, newHeaders);
    }
}
