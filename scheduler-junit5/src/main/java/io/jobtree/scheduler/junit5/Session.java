package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.junit5.ThreadWatch.Reach;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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
    private final boolean watchesAll;
    private final Ledger ledger;
    private final ThreadBirths births = new ThreadBirths();
    private final Set<Long> knownThreads = ConcurrentHashMap.newKeySet();
    private final Containers containers = new Containers();
    private final JobObserver.Installation installation;
    private final AtomicLong threadsFrom = new AtomicLong();
    private final AtomicBoolean open = new AtomicBoolean(true);
    private volatile Set<String> containersBefore = Set.of();

    private Session(ExtensionContext root) {
        this.root = root;
        this.settings = Settings.configured(root);
        this.watchesAll = isTrue(root, "junit.jupiter.extensions.autodetection.enabled");
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
        return isWanted ? new ThreadWatch(this, of, reach, from, containersBefore) : null;
    }

    /// An owner's time begins. One at a time, so that a dump sees no test begin.
    ///
    /// @return the watch over its threads, if it wants one
    @Nullable
    synchronized ThreadWatch began(Owner of, String className) {
        boolean isWatched = of.settings().watchesThreads();
        if (!isWatched || of.above() == owner) {
            // An owner without a watch goes by unseen, and between tests of a class without one, so may others.
            containers.missed();
        }
        ThreadWatch watch = isWatched ? watch(of, className) : null;
        ledger.began(of);
        return watch;
    }

    private ThreadWatch watch(Owner of, String className) {
        long from = ThreadBirth.nextThreadId();
        boolean isFirst = threadsFrom.compareAndSet(0, from);
        if (!ledger.isParallel()) {
            return new ThreadWatch(this, of, Reach.ALONE, from, containers.before(of.level() + className));
        }
        if (isFirst) {
            noteContainersOfOthers();
        }
        return new ThreadWatch(this, of, Reach.AMONG_OTHERS, from, null);
    }

    /// Executors and task scopes from before the session's time are no test's. This takes a dump, so all tests must be
    /// known, and none have begun.
    private void noteContainersOfOthers() {
        Set<String> before = watchesAll && ledger.isIdle() ? containers.before(owner.label()) : null;
        if (before != null) {
            containersBefore = before;
        }
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

    Containers containers() {
        return containers;
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
