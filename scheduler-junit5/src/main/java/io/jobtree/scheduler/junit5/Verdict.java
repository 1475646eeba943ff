package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.junit5.NoLeakedJobs.Failures;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Mode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.MediaType;
import org.opentest4j.TestAbortedException;

/// What the findings mean for the test, and how they are made known.
final class Verdict {
    private static final Logger LOG = System.getLogger("io.jobtree.scheduler.junit5");
    private static final String FILE = "leaks.json";
    private static final MediaType JSON = MediaType.create("application", "json");

    /// What other test libraries throw to abort a test; JUnit heeds them too.
    private static final Set<String> OTHER_ABORTS =
            Set.of("org.junit.internal.AssumptionViolatedException", "org.junit.AssumptionViolatedException");

    private final ExtensionContext context;
    private final Owner owner;
    private final Settings settings;
    private final Findings findings;
    private final Aftermath aftermath;

    Verdict(ExtensionContext context, Owner owner, Findings findings, Aftermath aftermath) {
        this.context = context;
        this.owner = owner;
        this.settings = owner.settings();
        this.findings = findings;
        this.aftermath = aftermath;
    }

    /// @throws LeakedJobsError if the test is to fail
    void pronounce() {
        ExpectLeakedJobs expected = owner.level() == Owner.Level.TEST ? settings.expected() : null;
        if (expected != null && isMet(expected)) {
            return;
        }
        boolean failed = failures() > 0 && settings.failures() == Failures.FAIL;
        if (findings.isEmpty() && failures() == 0 && expected == null) {
            return;
        }
        publish();
        var text = new FailureText(findings, aftermath, settings, expected);
        boolean isLeak = !findings.isEmpty() || expected != null;
        if (settings.mode() == Mode.FAIL && (isLeak || failed) && !isAborted()) {
            throw error(text);
        }
        LOG.log(isLeak ? Level.WARNING : Level.INFO, text.toString());
    }

    private boolean isMet(ExpectLeakedJobs expected) {
        int count = expected.count();
        return count == ExpectLeakedJobs.AT_LEAST_ONE
                ? !findings.isEmpty()
                : count == findings.jobs().size();
    }

    private int failures() {
        return findings.unobserved().size();
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

    private LeakedJobsError error(FailureText text) {
        var error = new LeakedJobsError(text.toString());
        error.setStackTrace(text.guiltyStack());
        int left = settings.maxReported();
        for (JobLeak job : findings.jobs()) {
            if (left-- <= 0) {
                break;
            }
            error.addSuppressed(trace(job));
        }
        for (Owner.Unobserved failure : findings.unobserved()) {
            if (left-- <= 0) {
                break;
            }
            error.addSuppressed(failure.failure());
        }
        return error;
    }

    private static LeakedJobTrace trace(JobLeak job) {
        var now = job.stack().isEmpty()
                ? null
                : new LeakedJobTrace(job.path() + " #" + job.id() + " is now", job.stack(), null);
        return new LeakedJobTrace(job.path() + " #" + job.id() + " was spawned", Frames.fromUsers(job.site()), now);
    }

    /// Beside the test's reports. That the file cannot be written must not hide the leak.
    private void publish() {
        try {
            String json = new LeaksJson(findings, aftermath).toString();
            context.publishFile(FILE, JSON, path -> Files.writeString(path, json));
        } catch (RuntimeException | LinkageError e) {
            LOG.log(Level.DEBUG, "Could not publish " + FILE + " of " + findings.test(), e);
        }
    }
}
