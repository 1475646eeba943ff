package io.jobtree.scheduler.temporal;

import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A server, workers of this JVM, and a client, for one test class.
final class Engine implements AutoCloseable {
    /// Short, and long enough for a machine under load.
    static final Duration HEARTBEAT = Duration.ofSeconds(4);

    final LoopbackServer server = new LoopbackServer();
    final RemoteJobs remote = RemoteJobs.connect(server.address());
    private final List<JobWorker> workers = new ArrayList<>();

    /// Options for a queue, with one attempt.
    static RemoteOptions once(String queue) {
        return RemoteOptions.onQueue(queue).withAttempts(1).withHeartbeat(HEARTBEAT);
    }

    static JobActivities activities() {
        var scheduler =
                SchedulerOptions.named("worker").withWaitTimeout(Duration.ZERO).withCloseTimeout(Duration.ofSeconds(2));
        return JobActivities.of(Work.UPPER, Work.FAIL, Probe.HELD).withScheduler(scheduler);
    }

    JobWorker worker(String queue) {
        return worker(queue, activities());
    }

    JobWorker worker(String queue, JobActivities activities) {
        var worker = JobWorker.start(server.address(), queue, activities);
        workers.add(worker);
        return worker;
    }

    @Override
    public void close() {
        remote.close();
        workers.forEach(JobWorker::close);
        server.close();
    }
}
