package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.junit5.ThreadDump.Container;
import io.jobtree.scheduler.junit5.ThreadDump.DumpedThread;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the virtual threads that one owner left behind and that are no jobs.
///
/// Where nothing else runs it looks at a thread dump. Ids of threads rise, so those of an id from before the watch
/// are older than it, and no dump is needed at its start. While other tests run a dump is out of the question, for it
/// may crash the JVM ([ThreadDump]); then only the births of threads tell that they live.
final class ThreadWatch {
    /// What is taken for the owner's of that which nothing tells the origin of.
    enum Reach {
        /// All: nothing else runs at the time.
        ALONE,
        /// Nothing: there is no dump.
        AMONG_OTHERS,
        /// Nothing, and of what is known to come from tests that are over, all.
        LATE,
        /// All, and nothing else: the tests are over.
        STRANGERS
    }

    private final Session session;
    private final Owner owner;
    private final Reach reach;
    private final long idFrom;
    private final @Nullable Set<String> before;
    private final long opener = Thread.currentThread().threadId();
    private boolean blind;

    /// @param before the containers from before the owner's time; null if they are not known
    ThreadWatch(Session session, Owner owner, Reach reach, long idFrom, @Nullable Set<String> before) {
        this.session = session;
        this.owner = owner;
        this.reach = reach;
        this.idFrom = idFrom;
        this.before = before;
    }

    /// Whether the last look was to see a thread dump, and could not have one.
    boolean isBlind() {
        return blind;
    }

    List<ThreadLeak> leaked() {
        ThreadDump dump = reach == Reach.AMONG_OTHERS ? null : ThreadDump.takeIfQuiet();
        blind = dump == null && reach != Reach.AMONG_OTHERS;
        if (dump == null) {
            session.containers().missed();
            return born();
        }
        return dumped(dump);
    }

    /// Nobody is to hear of these again, nor of an executor or task scope that these threads leave empty.
    void forget(List<ThreadLeak> leaks) {
        for (ThreadLeak leak : leaks) {
            Container container = leak.container();
            if (container != null) {
                session.containers().tell(container);
            }
            if (!leak.isContainer()) {
                session.knownThreads().add(leak.id());
            }
        }
    }

    /// Without names, states and stacks. Where names are allowed, this can say nothing.
    private List<ThreadLeak> born() {
        boolean isHopeless = !owner.isParent() || !owner.settings().allowed().isEmpty();
        if (reach == Reach.STRANGERS || (reach == Reach.AMONG_OTHERS && isHopeless)) {
            return List.of();
        }
        return session.births().aliveAfterCollection(birth -> belongs(birth, false)).stream()
                .map(birth -> new ThreadLeak(
                        birth.idBelow() - 1,
                        "",
                        "alive",
                        null,
                        List.of(),
                        null,
                        birth.site().frames()))
                .filter(leak -> !session.knownThreads().contains(leak.id()))
                .toList();
    }

    private List<ThreadLeak> dumped(ThreadDump dump) {
        session.containers().note(dump);
        NavigableMap<Long, ThreadBirth> births = session.births().alive();
        List<ThreadLeak> leaks = new ArrayList<>();
        for (Container container : dump.containers()) {
            List<DumpedThread> candidates = container.threads().stream()
                    .filter(thread -> thread.virtual() && thread.id() >= idFrom && !isInfrastructure(thread))
                    .filter(thread -> !session.knownThreads().contains(thread.id()))
                    .toList();
            boolean isOwn = isOwn(container, candidates, births);
            for (DumpedThread thread : candidates) {
                ThreadBirth birth = ThreadBirths.of(thread.id(), births);
                Owner creator = birth == null ? owner : birth.owner();
                boolean isTold = birth == null && isTold(ThreadBirths.near(thread.id(), births));
                if (belongs(birth, isOwn) && !isTold && !creator.settings().allows(thread.name())) {
                    leaks.add(leak(thread, container, birth));
                }
            }
            if (isEmptyAndNew(container)) {
                DumpedThread opened = dump.thread(container.owner());
                if (isLeftOpen(container, opened)) {
                    leaks.add(ThreadLeak.ofContainer(container, opened == null ? "" : opened.name()));
                }
            }
        }
        return leaks;
    }

    /// It is not certain whose it is, but those whose it may be were reported to have left threads behind.
    private boolean isTold(Collection<ThreadBirth> near) {
        return reach == Reach.STRANGERS
                && near.stream().anyMatch(birth -> birth.owner().isBlamed());
    }

    private boolean belongs(@Nullable ThreadBirth birth, boolean isInOwnContainer) {
        if (birth == null) {
            return reach == Reach.ALONE || reach == Reach.STRANGERS || isInOwnContainer;
        }
        Owner creator = birth.owner();
        if (reach == Reach.LATE) {
            return creator.session().equals(owner) && !creator.isBlamed();
        }
        return creator.equals(owner);
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
    private boolean isEmptyAndNew(Container container) {
        return (reach == Reach.ALONE || reach == Reach.STRANGERS)
                && container.threads().isEmpty()
                && before != null
                && !before.contains(container.name())
                && !session.containers().isTold(container);
    }

    /// A task scope that is a virtual thread's, such as a scheduler's, is that thread's business.
    private boolean isLeftOpen(Container container, @Nullable DumpedThread opened) {
        if (container.isTaskScope()) {
            return reach == Reach.ALONE ? container.owner() == opener : opened != null && !opened.virtual();
        }
        return container.isPerTaskExecutor();
    }

    private static ThreadLeak leak(DumpedThread thread, Container container, @Nullable ThreadBirth birth) {
        return new ThreadLeak(
                thread.id(),
                thread.name(),
                thread.state(),
                thread.blocker(),
                thread.stack(),
                container.isRoot() ? null : container,
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
