package io.jobtree.scheduler.junit5.find;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.timeline.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The timeline of the jobs of one origin, where `scheduler-timeline` is there; it is made with the first job.
///
/// **Threads:** any thread may call anything.
public final class Timelines {
    private static final int MAX_JOBS = 10_000;
    private static final boolean IS_THERE = isThere();

    /// Holds the class that may be missing, so that it is loaded where it is used.
    private static final class Recorded {
        final Timeline timeline = new Timeline(MAX_JOBS);
    }

    private volatile @Nullable Recorded recorded;

    Timelines() {}

    private static boolean isThere() {
        try {
            Class.forName("io.jobtree.scheduler.timeline.Timeline", false, Timelines.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    JobObservation spawned(Job<?> job) {
        return IS_THERE ? recorded().timeline.spawned(job) : JobObservation.NONE;
    }

    private Recorded recorded() {
        Recorded current = recorded;
        return current == null ? makeRecorded() : current;
    }

    private synchronized Recorded makeRecorded() {
        Recorded current = recorded;
        if (current == null) {
            current = new Recorded();
            recorded = current;
        }
        return current;
    }

    /// Whether there is anything to draw.
    public boolean isEmpty() {
        return recorded == null;
    }

    /// Writes the page, if there is anything to draw.
    public void writeHtml(Path file) throws IOException {
        Recorded current = recorded;
        if (current != null) {
            current.timeline.writeHtml(file);
        }
    }

    void drop() {
        recorded = null;
    }
}
