package io.jobtree.hashtree;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Outcome;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Keeps the tree of all jobs, with their times, for after they have ended; a scheduler itself keeps unfinished
/// ones only.
final class TreeRecorder implements JobObserver {
    private final Map<Job<?>, Node> unfinished = new ConcurrentHashMap<>();
    private final Queue<Node> roots = new ConcurrentLinkedQueue<>();

    @Override
    public JobObservation spawned(Job<?> job) {
        var node = new Node(job.name());
        var parent = job.parent().map(unfinished::get).orElse(null);
        (parent == null ? roots : parent.children).add(node);
        unfinished.put(job, node);
        return new JobObservation() {
            @Override
            public void starting() {
                node.started = System.nanoTime();
            }

            @Override
            public void ended(Outcome<?> outcome) {
                node.ended = System.nanoTime();
                node.outcome = outcome;
                unfinished.remove(job);
            }
        };
    }

    /// Prints a line for each job: its time, from the start of its body to the end of everything below it, and
    /// its name. Among siblings, the slowest comes first.
    void print(PrintWriter out) {
        var lines = new ArrayDeque<Line>();
        roots.stream().sorted(Node.FASTEST_FIRST).forEach(node -> lines.push(new Line(node, "", "")));
        while (!lines.isEmpty()) {
            var line = lines.pop();
            out.println(Names.bytesOf(line.text()));
            boolean last = true;
            for (var child :
                    line.node.children.stream().sorted(Node.FASTEST_FIRST).toList()) {
                lines.push(line.below(child, last));
                last = false;
            }
        }
        out.flush();
    }

    private static final class Node {
        static final Comparator<Node> FASTEST_FIRST = Comparator.comparingLong(Node::nanos);

        private final String name;
        private final Queue<Node> children = new ConcurrentLinkedQueue<>();
        // Written by the job's thread before it ends, read after that.
        private volatile long started;
        private volatile long ended;
        private volatile @Nullable Outcome<?> outcome;

        Node(String name) {
            this.name = name;
        }

        /// Zero for a job that never ran.
        long nanos() {
            return started == 0 ? 0 : ended - started;
        }

        String text() {
            var time = started == 0 ? "-" : String.format(Locale.ROOT, "%.3f", nanos() / 1e6);
            return String.format(Locale.ROOT, "%12s ms  ", time);
        }

        String end() {
            return switch (outcome) {
                case Outcome.Failed<?> failed -> "  (" + Reasons.of(failed.failure()) + ')';
                case Outcome.Cancelled<?> cancelled -> "  (cancelled: " + cancelled.reason() + ')';
                case null, default -> "";
            };
        }
    }

    /// A line to be printed.
    ///
    /// @param node of which job
    /// @param prefix stands before its name
    /// @param below stands before the names of those below it
    private record Line(Node node, String prefix, String below) {
        private static final boolean UNICODE = "UTF-8".equals(System.getProperty("native.encoding"));
        private static final String BRANCH = UNICODE ? "├─ " : "|- ";
        private static final String LAST = UNICODE ? "└─ " : "`- ";
        private static final String PASSING = UNICODE ? "│  " : "|  ";

        Line below(Node child, boolean last) {
            return new Line(child, below + (last ? LAST : BRANCH), below + (last ? "   " : PASSING));
        }

        String text() {
            return node.text() + prefix + node.name + node.end();
        }
    }
}
