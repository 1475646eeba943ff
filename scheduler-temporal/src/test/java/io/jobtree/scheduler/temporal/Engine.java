package io.jobtree.scheduler.temporal;

import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A server, workers of this JVM, and a client, for one test class.
final class Engine implements AutoCloseable {
    /// Short, and long enough for a machine under load.
    static final Duration HEARTBEAT = Duration.ofSeconds(4);

    /// Of workers, which cancel at once what runs as they close.
    static final SchedulerOptions SCHEDULER =
            SchedulerOptions.named("worker").withWaitTimeout(Duration.ZERO).withCloseTimeout(Duration.ofSeconds(2));

    final LoopbackServer server = new LoopbackServer();
    final RemoteJobs remote = RemoteJobs.connect(server.address());
    private final List<JobWorker> workers = new ArrayList<>();

    /// Options for a queue, with one attempt.
    static RemoteOptions once(String queue) {
        return RemoteOptions.onQueue(queue).withAttempts(1).withHeartbeat(HEARTBEAT);
    }

    /// A worker that runs tasks that all tests' workers know.
    JobWorker worker(String queue) {
        return worker(queue, Work.UPPER, Work.FAIL, Probe.HELD);
    }

    JobWorker worker(String queue, RemoteTask<?, ?>... tasks) {
        var worker = open(queue, tasks);
        worker.start();
        return worker;
    }

    /// One that is to be started.
    JobWorker open(String queue, RemoteTask<?, ?>... tasks) {
        var worker = new JobWorker(remote, queue, SCHEDULER, tasks);
        workers.add(worker);
        return worker;
    }

    @Override
    public void close() {
        workers.forEach(JobWorker::close);
        remote.close();
        server.close();
    }
}
