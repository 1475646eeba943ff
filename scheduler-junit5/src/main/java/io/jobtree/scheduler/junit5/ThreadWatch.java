package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.junit5.ThreadDump.Container;
import io.jobtree.scheduler.junit5.ThreadDump.DumpedThread;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the virtual threads that one owner left behind and that are no jobs, in a thread dump.
///
/// Ids of threads rise, so those of an id from before the watch are older than it, and no dump is needed at its
/// start.
final class ThreadWatch {
    /// What is taken for the owner's of that which nothing tells the origin of.
    enum Reach {
        /// All: nothing else runs at the time.
        ALONE,
        /// Nothing but what is in a container of the owner's.
        AMONG_OTHERS,
        /// Nothing, and of what is known to come from tests that are over, all.
        LATE,
        /// All, and nothing else.
        STRANGERS
    }

    private final Session session;
    private final Owner owner;
    private final Reach reach;
    private final long idFrom;
    private final long opener = Thread.currentThread().threadId();

    ThreadWatch(Session session, Owner owner, Reach reach, long idFrom) {
        this.session = session;
        this.owner = owner;
        this.reach = reach;
        this.idFrom = idFrom;
    }

    /// Remembers which containers were there before the owner's time.
    void noteContainers() {
        for (Container container : ThreadDump.takeWhenQuiet().containers()) {
            session.knownContainers().add(container.name());
        }
    }

    /// Takes a dump, unless it could tell nothing: where others run, only inheritance says what is the owner's.
    List<ThreadLeak> leaked() {
        return reach == Reach.AMONG_OTHERS && !owner.isParent() ? List.of() : find();
    }

    private List<ThreadLeak> find() {
        NavigableMap<Long, ThreadBirth> births = session.births().alive();
        List<ThreadLeak> leaks = new ArrayList<>();
        for (Container container : ThreadDump.takeWhenQuiet().containers()) {
            List<DumpedThread> candidates = container.threads().stream()
                    .filter(thread -> thread.virtual() && thread.id() >= idFrom && !isInfrastructure(thread))
                    .filter(thread -> !session.knownThreads().contains(thread.id()))
                    .toList();
            boolean isOwn = isOwn(container, candidates, births);
            for (DumpedThread thread : candidates) {
                ThreadBirth birth = ThreadBirths.of(thread.id(), births);
                if (belongs(birth, isOwn) && !isAllowed(thread.name())) {
                    leaks.add(leak(thread, container, birth));
                }
            }
            if (isLeftOpen(container)) {
                leaks.add(new ThreadLeak(0, container.name(), "", null, List.of(), container.title(), List.of()));
            }
        }
        return leaks;
    }

    /// Nobody is to hear of these again.
    void forget(List<ThreadLeak> leaks) {
        for (ThreadLeak leak : leaks) {
            if (leak.isContainer()) {
                session.knownContainers().add(leak.name());
            } else {
                session.knownThreads().add(leak.id());
            }
        }
    }

    private boolean isAllowed(String name) {
        return !name.isEmpty() && owner.settings().allows(name);
    }

    private boolean belongs(@Nullable ThreadBirth birth, boolean isInOwnContainer) {
        if (birth == null) {
            return reach == Reach.ALONE || reach == Reach.STRANGERS || isInOwnContainer;
        }
        Owner creator = birth.owner();
        if (reach == Reach.LATE) {
            return creator.session() == owner && !creator.isBlamed();
        }
        return creator == owner;
    }

    /// Its opener is the test's own thread, or all threads in it that are known are the owner's.
    private boolean isOwn(Container container, List<DumpedThread> threads, NavigableMap<Long, ThreadBirth> births) {
        if (reach == Reach.LATE || container.isRoot()) {
            return false;
        }
        if (container.isTaskScope() && container.owner() == opener) {
            return true;
        }
        Set<Owner> creators = new HashSet<>();
        for (DumpedThread thread : threads) {
            ThreadBirth birth = ThreadBirths.of(thread.id(), births);
            if (birth != null) {
                creators.add(birth.owner());
            }
        }
        return creators.equals(Set.of(owner));
    }

    /// One with threads in it is told of with them.
    private boolean isLeftOpen(Container container) {
        if (!container.threads().isEmpty() || session.knownContainers().contains(container.name())) {
            return false;
        }
        if (container.isPerTaskExecutor()) {
            return reach == Reach.ALONE;
        }
        boolean isTests = reach == Reach.ALONE || reach == Reach.AMONG_OTHERS;
        return isTests && container.isTaskScope() && container.owner() == opener;
    }

    private static ThreadLeak leak(DumpedThread thread, Container container, @Nullable ThreadBirth birth) {
        return new ThreadLeak(
                thread.id(),
                thread.name(),
                thread.state(),
                thread.blocker(),
                thread.stack(),
                container.isRoot() ? null : container.title(),
                birth == null ? List.of() : birth.site().frames());
    }

    /// The JDK's pollers, and the engine's threads, whose jobs are in the books; one that has not begun or is over is
    /// no leak.
    private static boolean isInfrastructure(DumpedThread thread) {
        List<StackTraceElement> stack = thread.stack();
        for (int i = stack.size() - 1; i >= 0; i--) {
            StackTraceElement frame = stack.get(i);
            if (frame.getClassName().startsWith("sun.nio.ch.Poller")) {
                return true;
            }
            if (!Frames.isPlatform(frame)) {
                return Frames.isOwn(frame);
            }
        }
        return stack.isEmpty() || thread.state().equals("NEW") || thread.state().equals("TERMINATED");
    }
}
