package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.junit5.ThreadWatch.Reach;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/// One run of the tests: installs the process-wide observer, and looks at the end for what no test could be blamed
/// for.
///
/// It is a resource of the root context, so it is closed after everything else, and needs no launcher to be told of
/// it.
final class Session implements CloseableResource, AutoCloseable {
    private static final Namespace NAMESPACE = Namespace.create(Session.class);

    private final ExtensionContext root;
    private final Settings settings;
    private final Owner owner;
    private final Owner strangers;
    private final Ledger ledger;
    private final ThreadBirths births = new ThreadBirths();
    private final Set<Long> knownThreads = ConcurrentHashMap.newKeySet();
    private final Set<String> knownContainers = ConcurrentHashMap.newKeySet();
    private final JobObserver.Installation installation;
    private final AtomicLong threadsFrom = new AtomicLong();
    private final AtomicReference<String> containersNotedAt = new AtomicReference<>("");
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Session(ExtensionContext root) {
        this.root = root;
        this.settings = Settings.configured(root);
        boolean watchesAll = isTrue(root, "junit.jupiter.extensions.autodetection.enabled");
        this.owner = new Owner(Owner.Level.SESSION, null, "the session", settings, Set.of(), births);
        this.strangers = new Owner(
                Owner.Level.SESSION,
                owner,
                "the session",
                watchesAll ? settings : settings.warning(),
                Set.of(),
                births);
        this.ledger = new Ledger(owner, strangers, isTrue(root, "junit.jupiter.execution.parallel.enabled"));
        this.installation = JobObserver.install(ledger);
    }

    static Session of(ExtensionContext context) {
        ExtensionContext root = context.getRoot();
        return root.getStore(NAMESPACE).getOrComputeIfAbsent(Session.class, key -> new Session(root), Session.class);
    }

    private static boolean isTrue(ExtensionContext context, String key) {
        return context.getConfigurationParameter(key).map(Boolean::parseBoolean).orElse(false);
    }

    private @Nullable ThreadWatch sweep(Owner of, Reach reach) {
        long from = threadsFrom.get();
        boolean isWanted = from > 0 && (reach == Reach.LATE || ledger.isParallel());
        return isWanted ? new ThreadWatch(this, of, reach, from) : null;
    }

    /// The watch over an owner's threads, if it wants one. Where tests run one by one it takes a dump at the start of
    /// each class, for executors without threads: these have no id that tells their age.
    @Nullable
    ThreadWatch watch(Owner of, String className) {
        if (!of.settings().watchesThreads()) {
            return null;
        }
        long from = ThreadBirth.nextThreadId();
        threadsFrom.compareAndSet(0, from);
        if (ledger.isParallel()) {
            return new ThreadWatch(this, of, Reach.AMONG_OTHERS, from);
        }
        var watch = new ThreadWatch(this, of, Reach.ALONE, from);
        String stage = of.level() + className;
        if (!stage.equals(containersNotedAt.getAndSet(stage))) {
            watch.noteContainers();
        }
        return watch;
    }

    Settings settings() {
        return settings;
    }

    Owner owner() {
        return owner;
    }

    Ledger ledger() {
        return ledger;
    }

    ThreadBirths births() {
        return births;
    }

    /// Threads that were reported or allowed: nobody else is to hear of them.
    Set<Long> knownThreads() {
        return knownThreads;
    }

    Set<String> knownContainers() {
        return knownContainers;
    }

    @Override
    public void close() {
        if (!open.compareAndSet(true, false)) {
            return;
        }
        var late = new LeakCheck(this, owner, root, sweep(owner, Reach.LATE));
        var unattributed = new LeakCheck(this, strangers, root, sweep(strangers, Reach.STRANGERS));
        try (installation;
                late;
                unattributed) {
            // All are closed, even if a check fails.
        }
    }
}
