package io.jobtree.scheduler;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/// A failure handler that keeps what is reported to it.
final class RecordedFailures implements FailureHandler {
    private final List<Report> reports = new CopyOnWriteArrayList<>();

    /// One call.
    record Report(Job<?> job, Throwable failure, boolean jobWasDone, boolean interrupted) {}

    @Override
    public void onFailure(Job<?> job, Throwable failure) {
        reports.add(
                new Report(job, failure, job.isDone(), Thread.currentThread().isInterrupted()));
    }

    List<Report> reports() {
        return reports;
    }

    List<Throwable> failures() {
        return reports.stream().map(Report::failure).toList();
    }

    /// Waits until there are so many.
    List<Report> await(int count) {
        Awaitility.await().until(() -> reports.size() >= count);
        return reports;
    }
}
