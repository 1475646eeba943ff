package io.jobtree.scheduler.timeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Records every job of a run, to be looked at afterwards: as a page for a browser, or as a trace for
/// [Perfetto](https://ui.perfetto.dev).
///
/// ```java
/// var timeline = new Timeline();
/// try (var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(timeline))) {
///     …
/// }
/// timeline.writeHtml(Path.of("orders.html"));
/// ```
///
/// A job costs about 100 B, its name and what its failure says, up to 1,000 characters of it, until the timeline
/// is dropped; it holds neither jobs nor their results. Past [#DEFAULT_MAX_JOBS] jobs, or as many as were said,
/// further ones are only counted.
///
/// **Threads:** any thread may call anything. What is written while jobs still run shows them as unfinished.
public final class Timeline implements JobObserver {
    /// How many jobs are recorded unless it is said otherwise.
    public static final int DEFAULT_MAX_JOBS = 100_000;

    private final Instant startedAt = Instant.now();
    private final long origin = System.nanoTime();
    private final Queue<Bar> bars = new ConcurrentLinkedQueue<>();
    private final AtomicInteger seen = new AtomicInteger();
    private final int maxJobs;

    /// Makes a timeline of up to [#DEFAULT_MAX_JOBS] jobs.
    public Timeline() {
        this(DEFAULT_MAX_JOBS);
    }

    /// Makes a timeline.
    ///
    /// @param maxJobs how many jobs to record
    /// @throws IllegalArgumentException if `maxJobs` is not positive
    public Timeline(int maxJobs) {
        if (maxJobs <= 0) {
            throw new IllegalArgumentException("maxJobs must be positive: " + maxJobs);
        }
        this.maxJobs = maxJobs;
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        // Where it is full already the count stays what it is, and cannot overflow.
        if (seen.get() == Integer.MAX_VALUE || seen.incrementAndGet() > maxJobs) {
            return JobObservation.NONE;
        }
        var bar = new Bar(job);
        bars.add(bar);
        return bar;
    }

    /// Writes a page that any browser shows, without a network: one file with all that belongs to it.
    ///
    /// @param file where to; what is there is replaced
    /// @throws IOException if it cannot be written
    public void writeHtml(Path file) throws IOException {
        Files.writeString(file, TimelinePage.of(take()));
    }

    /// Writes a trace in the protobuf format of Perfetto: a track for each job, below its parent's. This
    /// needs `com.google.protobuf:protobuf-java` on the class path or the module path, which this module
    /// does not bring along.
    ///
    /// @param file where to; what is there is replaced
    /// @throws IOException if it cannot be written
    /// @throws NoClassDefFoundError without protobuf-java
    public void writePerfetto(Path file) throws IOException {
        try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
            PerfettoTrace.write(take(), out);
        }
    }

    /// What was recorded up to now.
    ///
    /// @param startedAt when the first job was spawned
    /// @param origin the same moment by [System#nanoTime]
    /// @param now when this was taken, by the same clock
    /// @param bars the jobs, in the order of their ids
    /// @param dropped how many jobs were only counted
    record Recorded(Instant startedAt, long origin, long now, List<Bar> bars, int dropped) {}

    private Recorded take() {
        var sorted = new ArrayList<>(bars);
        sorted.sort(Comparator.comparingLong(bar -> bar.id));
        long now = System.nanoTime();
        long first =
                sorted.stream().mapToLong(bar -> bar.spawned - origin).min().orElse(0);
        return new Recorded(startedAt.plusNanos(first), origin + first, now, sorted, Math.max(0, seen.get() - maxJobs));
    }
}
