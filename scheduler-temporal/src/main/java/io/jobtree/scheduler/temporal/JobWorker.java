package io.jobtree.scheduler.temporal;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import io.temporal.activity.DynamicActivity;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.DynamicWorkflow;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs the bodies of jobs of other JVMs.
///
/// ```java
/// try (var worker = JobWorker.start("temporal.example.org:7233", "billing", JobActivities.of(BILL))) {
///     stop.await();
/// }
/// ```
///
/// **Threads:** any.
public final class JobWorker implements AutoCloseable {
    final JobActivities activities;
    final Scheduler scheduler;
    /// Only its connection is used.
    private final RemoteJobs remote;
    private final WorkerFactory factory;
    /// Jobs that still run are left to themselves.
    volatile boolean abandoning;

    private JobWorker(RemoteJobs remote, JobActivities activities) {
        this.activities = activities;
        this.scheduler = Scheduler.open(activities.scheduler());
        this.remote = remote;
        var interceptor = new WorkerInterceptorBase() {
            @Override
            public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
                return new AttemptRunner(next, JobWorker.this);
            }
        };
        var options = WorkerFactoryOptions.newBuilder()
                // Any worker goes on with any workflow at once, also after the one before was killed.
                .setWorkflowCacheSize(0)
                .setUsingVirtualWorkflowThreads(true)
                .setWorkerInterceptors(interceptor);
        this.factory = WorkerFactory.newInstance(remote.client, options.build());
    }

    /// Starts a worker.
    ///
    /// @param server host and port; namespace, TLS and keys are as Temporal's own environment variables say
    /// @param queue the task queue to poll
    /// @param activities what it can run
    /// @return the worker
    public static JobWorker start(String server, String queue, JobActivities activities) {
        var worker = new JobWorker(RemoteJobs.connect(server), activities);
        try {
            worker.poll(queue);
            return worker;
        } catch (RuntimeException refused) {
            worker.close(Duration.ZERO);
            throw refused;
        }
    }

    private void poll(String queue) {
        var options = WorkerOptions.newBuilder()
                .setStickyQueueScheduleToStartTimeout(Duration.ZERO)
                .setUsingVirtualThreadsOnActivityWorker(true)
                .setAllowActivityHeartbeatDuringShutdown(true);
        activities.scheduler().limit().ifPresent(options::setMaxConcurrentActivityExecutionSize);
        var worker = factory.newWorker(queue, options.build());
        worker.registerWorkflowImplementationFactory(DynamicWorkflow.class, RemoteWorkflow::new);
        worker.registerWorkflowImplementationTypes(activities.workflows().toArray(Class<?>[]::new));
        // For the names of tasks, which never come so far.
        worker.registerActivitiesImplementations((DynamicActivity) _ -> {
            throw new IllegalArgumentException("the worker does not know the task; start it with the task");
        });
        worker.registerActivitiesImplementations(activities.implementations().toArray());
        factory.start();
    }

    /// Closes the worker; see [#close(Duration)]. The wait is that of the scheduler's options.
    @Override
    public void close() {
        close(activities.scheduler().waitTimeout());
    }

    /// Takes no more work, waits for what runs, then cancels it and hands it back, to be started again elsewhere.
    ///
    /// @param wait how long to wait before that; zero cancels at once
    /// @return the jobs that would not stop, and still run; what they were to do is handed back too
    public List<Job<?>> close(Duration wait) {
        factory.shutdown();
        var stragglers = scheduler.close(wait);
        abandoning = true;
        factory.awaitTermination(activities.scheduler().closeTimeout().toMillis(), TimeUnit.MILLISECONDS);
        factory.shutdownNow();
        remote.close();
        return stragglers;
    }
}
