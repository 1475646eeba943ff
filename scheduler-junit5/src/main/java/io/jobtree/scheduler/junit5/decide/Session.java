package io.jobtree.scheduler.junit5.decide;

import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.junit5.find.JobTracker;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.ThreadCreations;
import io.jobtree.scheduler.junit5.settings.Parameters;
import io.jobtree.scheduler.junit5.settings.RunSettings;
import io.jobtree.scheduler.junit5.settings.Settings;
import io.jobtree.scheduler.junit5.threads.AgentSearch;
import io.jobtree.scheduler.junit5.threads.DumpSearch;
import io.jobtree.scheduler.junit5.threads.ThreadSearch;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/// One run of the tests: installs the process-wide observer, and looks at the end for what could not be said to
/// be any test's.
///
/// It is a resource of the root context, so it is closed after everything else, and needs no launcher to know of it.
public final class Session implements CloseableResource, AutoCloseable {
    private static final Namespace NAMESPACE = Namespace.create(Session.class);

    /// For all runs of the process: tests may run other tests, and what these start is theirs.
    private static final ThreadCreations CREATIONS = new ThreadCreations();

    private final ExtensionContext root;
    private final Settings settings;
    private final Origin origin;
    private final Origin unknown;
    private final boolean watchesAll;
    private final Function<String, ? extends AssertionError> errors;
    private final JobTracker tracker;
    private final ThreadSearch threads;
    private final Baseline baseline;
    private final JobObserver.Installation installation;
    private final Set<String> restless = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Session(ExtensionContext root, Function<String, ? extends AssertionError> errors) {
        this.root = root;
        this.errors = errors;
        var parameters = new Parameters(root::getConfigurationParameter);
        Parameters.warnOfUnknown();
        this.watchesAll = isTrue(root, "junit.jupiter.extensions.autodetection.enabled");
        this.settings = Settings.configured(parameters, watchesAll);
        this.origin = new Origin(Origin.Level.SESSION, null, "the session", settings, List.of(), CREATIONS);
        this.unknown = new Origin(
                Origin.Level.SESSION,
                origin,
                "the session",
                watchesAll ? settings : settings.warning(),
                List.of(),
                CREATIONS);
        boolean parallel = isTrue(root, "junit.jupiter.execution.parallel.enabled");
        this.tracker = new JobTracker(origin, unknown, parallel);
        RunSettings run = RunSettings.of(parameters);
        this.baseline = Baseline.of(run, errors);
        this.threads =
                AgentSearch.create(origin, run.attachesAgent()).orElseGet(() -> new DumpSearch(CREATIONS, parallel));
        this.installation = JobObserver.install(tracker);
    }

    public static Session of(ExtensionContext context, Function<String, ? extends AssertionError> errors) {
        ExtensionContext root = context.getRoot();
        return root.getStore(NAMESPACE)
                .getOrComputeIfAbsent(Session.class, key -> new Session(root, errors), Session.class);
    }

    private static boolean isTrue(ExtensionContext context, String key) {
        return context.getConfigurationParameter(key).map(Boolean::parseBoolean).orElse(false);
    }

    /// An origin's time begins. One at a time, so that a dump sees no test begin.
    synchronized void began(Origin of) {
        threads.began(of, watchesAll ? tracker.running().isEmpty() || !tracker.isParallel() : !tracker.isParallel());
        tracker.began(of);
    }

    void ended(Origin of) {
        tracker.ended(of);
    }

    public Settings settings() {
        return settings;
    }

    public Origin origin() {
        return origin;
    }

    public JobTracker tracker() {
        return tracker;
    }

    public ThreadCreations creations() {
        return CREATIONS;
    }

    ThreadSearch threads() {
        return threads;
    }

    /// The places where threads were made that slept, and did not end when they woke up.
    Set<String> restless() {
        return restless;
    }

    Baseline baseline() {
        return baseline;
    }

    AssertionError error(String message) {
        return errors.apply(message);
    }

    @Override
    public void close() {
        if (!open.compareAndSet(true, false)) {
            return;
        }
        var late = new LeakCheck(this, origin, root);
        var unattributed = new LeakCheck(this, unknown, root);
        try (installation;
                baseline;
                late;
                unattributed) {
            // All are closed, even if a check fails.
        } finally {
            CREATIONS.forget(origin);
        }
    }
}
