package io.jobtree.hashtree;

import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.temporal.JobWorker;
import io.jobtree.scheduler.temporal.RemoteJobs;
import java.io.IOException;
import java.time.Duration;

/// Hashes files for the program, until its standard input ends: with the program, however that ends.
final class HashWorker {
    private HashWorker() {}

    /// Runs the worker.
    ///
    /// @param arguments the server's host and port
    public static void main(String[] arguments) throws IOException {
        var scheduler = SchedulerOptions.named("worker")
                .withLimit(Runtime.getRuntime().availableProcessors())
                .withWaitTimeout(Duration.ZERO);
        try (var remote = RemoteJobs.connect(arguments[0]);
                var worker = new JobWorker(remote, RemoteHash.QUEUE, scheduler, RemoteHash.TASK)) {
            worker.start();
            while (System.in.read() >= 0) {
                // There is nothing to be said.
            }
        }
        System.exit(0);
    }
}
