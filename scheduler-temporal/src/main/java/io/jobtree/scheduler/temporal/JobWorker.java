package io.jobtree.scheduler.temporal;

import static com.google.common.base.Preconditions.checkArgument;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.SchedulerOptions;
import io.temporal.activity.DynamicActivity;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.DynamicWorkflow;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs the bodies of jobs of other JVMs: each is a branch job of one scheduler.
///
/// ```java
/// try (var remote = RemoteJobs.connect("temporal.example.org:7233");
///         var worker = new JobWorker(remote, "billing", SchedulerOptions.named("billing"), BILL, SHIP)) {
///     worker.start();
///     stop.await();
/// }
/// ```
///
/// **Threads:** one until it is started, then any.
public final class JobWorker implements AutoCloseable {
    final JobActivities activities;
    private final WorkerFactory factory;
    private final Worker worker;

    /// Makes a worker, which takes no work before it is started.
    ///
    /// @param remote a connection, to be closed after the worker; its headers restore the context of the jobs
    ///     whose bodies are run
    /// @param queue the task queue to poll
    /// @param scheduler the options of the scheduler; its limit bounds what is taken from the queue, its two
    ///     timeouts of closing are the worker's
    /// @param tasks what it can run, each with a name of its own
    public JobWorker(RemoteJobs remote, String queue, SchedulerOptions scheduler, RemoteTask<?, ?>... tasks) {
        checkArgument(!queue.isBlank(), "queue must not be blank: '%s'", queue);
        this.activities = new JobActivities(List.of(tasks), remote.headers, scheduler);
        var factoryOptions = WorkerFactoryOptions.newBuilder()
                // Any worker goes on with any workflow at once, also after the one before was killed.
                .setWorkflowCacheSize(0)
                .setUsingVirtualWorkflowThreads(true)
                .setWorkerInterceptors(activities);
        this.factory = WorkerFactory.newInstance(remote.client, factoryOptions.build());
        var options = WorkerOptions.newBuilder()
                .setStickyQueueScheduleToStartTimeout(Duration.ZERO)
                .setUsingVirtualThreadsOnActivityWorker(true)
                .setAllowActivityHeartbeatDuringShutdown(true);
        scheduler.limit().ifPresent(options::setMaxConcurrentActivityExecutionSize);
        this.worker = factory.newWorker(queue, options.build());
        worker.registerWorkflowImplementationFactory(DynamicWorkflow.class, RemoteWorkflow::new);
        // Tasks are run before a call comes so far; what comes is a name of none.
        worker.registerActivitiesImplementations((DynamicActivity) _ -> {
            throw new IllegalArgumentException("the worker does not know the task; make it with the task");
        });
    }

    /// Adds implementations of activity interfaces of Temporal. Each call of a method is a branch job, whose scope
    /// [RemoteAttempt] has.
    ///
    /// @param implementations objects whose classes have activity interfaces
    public void addActivities(Object... implementations) {
        worker.registerActivitiesImplementations(implementations);
    }

    /// Adds implementations of workflow interfaces of Temporal. Their code has to obey Temporal's rules for
    /// workflows, and is no job; the activities that it runs are.
    ///
    /// @param implementations classes that have a workflow interface, and a constructor without parameters
    public void addWorkflows(Class<?>... implementations) {
        worker.registerWorkflowImplementationTypes(implementations);
    }

    /// Begins to take work. To be called once all is added.
    public void start() {
        factory.start();
    }

    /// Closes the worker; see [#close(Duration)]. The wait is that of the scheduler's options.
    @Override
    public void close() {
        close(activities.scheduler.options().waitTimeout());
    }

    /// Takes no more work, waits for what runs, then cancels it and hands it back, to be started again elsewhere.
    ///
    /// @param wait how long to wait before that; zero cancels at once
    /// @return the jobs that would not stop, and still run; what they were to do is handed back too
    public List<Job<?>> close(Duration wait) {
        // It has nothing to shut down, and would ask the server, which may be why it did not start.
        if (!factory.isStarted()) {
            return activities.scheduler.close(wait);
        }
        factory.shutdown();
        var stragglers = activities.scheduler.close(wait);
        activities.abandoning = true;
        factory.awaitTermination(activities.scheduler.options().closeTimeout().toMillis(), TimeUnit.MILLISECONDS);
        factory.shutdownNow();
        return stragglers;
    }
}
