package io.jobtree.scheduler.junit5.decide;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.ExpectLeakedJobs;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Failures;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Mode;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.leak.Cancelled;
import io.jobtree.scheduler.junit5.leak.JobLeak;
import io.jobtree.scheduler.junit5.leak.Leaks;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import io.jobtree.scheduler.junit5.report.FailureText;
import io.jobtree.scheduler.junit5.report.LeakTree;
import io.jobtree.scheduler.junit5.report.LeakedJobTrace;
import io.jobtree.scheduler.junit5.report.LeaksJson;
import io.jobtree.scheduler.text.Texts;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.MediaType;
import org.opentest4j.TestAbortedException;

/// What leaks mean for the test: it fails, or a warning is logged, or nothing. Made before they are cancelled, for
/// tree and timeline show the jobs as they are then.
final class Consequence {
    private static final Logger LOG = System.getLogger("io.jobtree.scheduler.junit5");
    private static final String NOTE =
            "Left when all tests were over; no test fails for it, for it may be meant for" + " the whole process: ";
    private static final String CACHED = "Left when all tests were over by Spring's test contexts, which are cached and"
            + " closed when the JVM exits: ";
    private static final String CONTEXT_CACHE = "org.springframework.test.context.cache.";
    private static final String FILE = "leaks.json";
    private static final String TIMELINE = "timeline.html";
    private static final MediaType JSON = MediaType.create("application", "json");
    private static final MediaType HTML = MediaType.create("text", "html");

    /// What other test libraries throw to abort a test; JUnit heeds them too.
    private static final Set<String> OTHER_ABORTS =
            Set.of("org.junit.internal.AssumptionViolatedException", "org.junit.AssumptionViolatedException");

    private final Session session;
    private final ExtensionContext context;
    private final Origin origin;

    /// With what is only logged.
    private final Leaks all;

    private final Leaks leaks;
    private final String tree;
    private final @Nullable ExpectLeakedJobs expected;
    private final @Nullable Path timeline;

    Consequence(Session session, ExtensionContext context, Origin origin, Leaks leaks) {
        this.session = session;
        this.context = context;
        this.origin = origin;
        this.expected = origin.level() == Origin.Level.TEST ? origin.settings().expected() : null;
        this.all = expected == null ? session.baseline().unknown(Subjects.of(context), leaks) : leaks;
        this.leaks = expected == null ? withoutNotes() : leaks;
        this.tree = LeakTree.draw(this.leaks);
        this.timeline = hasLeakedJobs() && !isAsExpected() ? publishTimeline() : null;
    }

    /// @throws AssertionError if the test is to fail
    void apply(Cancelled cancelled) {
        if (isAsExpected()) {
            return;
        }
        boolean failed = failures() > 0 && origin.settings().failures() == Failures.FAIL;
        boolean isOfLeaksAlone = failures() == 0 && expected == null;
        if (all.isEmpty() && isOfLeaksAlone) {
            return;
        }
        publish(cancelled);
        if (leaks.isEmpty() && isOfLeaksAlone) {
            return; // the rest is logged
        }
        var text = new FailureText(leaks, tree, cancelled, origin, expected, timeline);
        boolean isLeak = !leaks.isEmpty() || expected != null;
        boolean isFailure = origin.settings().mode() == Mode.FAIL && (isLeak || failed);
        if (isFailure && !isAborted()) {
            throw error(text);
        }
        LOG.log(isLeak ? Level.WARNING : Level.INFO, text.toString());
    }

    private boolean isAsExpected() {
        if (expected == null) {
            return false;
        }
        int count = expected.count();
        return count == ExpectLeakedJobs.AT_LEAST_ONE
                ? !leaks.isEmpty()
                : count == leaks.jobs().size();
    }

    private int failures() {
        return leaks.unobserved().size();
    }

    /// What is left when all tests are over, and could not be said to be one's alone, may be meant for the whole
    /// process: that is logged, and fails nothing.
    private Leaks withoutNotes() {
        List<ThreadLeak> notes = origin.level() == Origin.Level.SESSION
                ? all.threads().stream().filter(Consequence::mayBeForTheProcess).toList()
                : List.of();
        if (notes.isEmpty()) {
            return all;
        }
        List<ThreadLeak> cached =
                notes.stream().filter(Consequence::isOfCachedContext).toList();
        if (!cached.isEmpty()) {
            LOG.log(Level.INFO, CACHED + textOf(cached).counts() + "; they are in " + FILE);
        }
        List<ThreadLeak> told = new ArrayList<>(notes);
        told.removeAll(cached);
        if (!told.isEmpty()) {
            LOG.log(Level.WARNING, NOTE + textOf(told));
        }
        List<ThreadLeak> others = new ArrayList<>(all.threads());
        others.removeAll(notes);
        return new Leaks(all.test(), all.waited(), all.jobs(), all.schedulers(), others, all.unobserved());
    }

    private FailureText textOf(List<ThreadLeak> notes) {
        var noted = new Leaks(all.test(), all.waited(), List.of(), List.of(), notes, List.of());
        return new FailureText(noted, "", Cancelled.NOTHING, origin, null, null);
    }

    private static boolean isOfCachedContext(ThreadLeak leak) {
        return leak.site().stream().anyMatch(frame -> frame.getClassName().startsWith(CONTEXT_CACHE));
    }

    private static boolean mayBeForTheProcess(ThreadLeak leak) {
        return leak.isShared()
                || (leak.kind() != Kind.TASK_SCOPE
                        && !leak.type().equals("ThreadPerTaskExecutor")
                        && !(leak.isThread() && leak.isVirtual()));
    }

    private boolean isAborted() {
        Optional<Throwable> thrown = context.getExecutionException();
        return thrown.isPresent() && isAbort(thrown.get());
    }

    private static boolean isAbort(Throwable thrown) {
        for (@Nullable Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
            if (type == TestAbortedException.class || OTHER_ABORTS.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }

    private AssertionError error(FailureText text) {
        AssertionError error = session.error(text.toString());
        error.setStackTrace(text.stack());
        int left = origin.settings().maxReported();
        for (JobLeak job : leaks.jobs()) {
            if (left-- <= 0) {
                break;
            }
            error.addSuppressed(trace(job));
        }
        for (Origin.Unobserved failure : leaks.unobserved()) {
            if (left-- <= 0) {
                break;
            }
            error.addSuppressed(failure.failure());
        }
        return error;
    }

    private static LeakedJobTrace trace(JobLeak job) {
        String subject = Texts.printable(job.path()) + " #" + job.id();
        var now = job.stack().isEmpty() ? null : new LeakedJobTrace(subject + " is now", job.stack(), null);
        return new LeakedJobTrace(subject + " was spawned", Frames.fromUsers(job.site()), now);
    }

    private boolean hasLeakedJobs() {
        return !leaks.jobs().isEmpty() || !leaks.schedulers().isEmpty();
    }

    /// What happened before the leak, for people to look at.
    ///
    /// @return where it is; null if it could not be written, or there is nothing to see
    private @Nullable Path publishTimeline() {
        if (origin.timeline().isEmpty()) {
            return null;
        }
        var written = new AtomicReference<@Nullable Path>();
        try {
            context.publishFile(TIMELINE, HTML, path -> {
                origin.timeline().writeHtml(path);
                written.set(path);
            });
        } catch (RuntimeException | LinkageError e) {
            LOG.log(Level.DEBUG, "Could not publish " + TIMELINE + " of " + leaks.test(), e);
        }
        return written.get();
    }

    /// Beside the test's reports. That the file cannot be written must not hide the leak.
    private void publish(Cancelled cancelled) {
        try {
            String json = new LeaksJson(all, cancelled).toString();
            context.publishFile(FILE, JSON, path -> Files.writeString(path, json));
        } catch (RuntimeException | LinkageError e) {
            LOG.log(Level.DEBUG, "Could not publish " + FILE + " of " + all.test(), e);
        }
    }
}
