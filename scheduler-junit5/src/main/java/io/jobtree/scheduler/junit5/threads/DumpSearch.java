package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Scope;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Origin.Level;
import io.jobtree.scheduler.junit5.find.ThreadCreation;
import io.jobtree.scheduler.junit5.find.ThreadCreations;
import io.jobtree.scheduler.junit5.threads.Kinds.Group;
import io.jobtree.scheduler.junit5.threads.ThreadDump.Container;
import io.jobtree.scheduler.junit5.threads.ThreadDump.DumpedThread;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Without the agent: by what threads inherit from their creator, the list of platform threads and, where
/// nothing else runs, a thread dump.
///
/// While other tests run a dump is out of the question, since it may crash the JVM ([QuietMoment]); then only a
/// collection of garbage tells whether virtual threads live.
public final class DumpSearch implements ThreadSearch {
    private final ThreadCreations creations;
    private final boolean parallel;
    private final QuietMoment quiet = new QuietMoment();
    private final Containers containers = new Containers();
    private final Candidates candidates = new Candidates();

    /// Tests that may have opened an executor or task scope, by its name in a dump.
    private final Map<String, List<String>> candidatesOf = new ConcurrentHashMap<>();

    /// The ids of threads are those of the process, and tests may run other tests.
    private static final Set<Long> REPORTED = ConcurrentHashMap.newKeySet();

    /// Threads known by the code that started them, which nothing tells once their test is forgotten.
    private static final Set<Long> KNOWN = ConcurrentHashMap.newKeySet();

    private final Map<Origin, Start> starts = new ConcurrentHashMap<>();

    /// Those with threads in executors of others, which are asked for again with the executor.
    private final Set<Origin> inOthers = ConcurrentHashMap.newKeySet();

    private volatile @Nullable Start first;
    private volatile boolean anyVirtual;
    private volatile boolean anyPlatform;

    /// So many threads were left that a dump takes seconds: none is taken any more.
    private volatile boolean crowded;

    /// @param idFrom ids of threads rise: those made in its time have this one or a higher one
    /// @param before the containers from before its time; null if they are not known
    private record Start(long idFrom, @Nullable Set<String> before) {}

    public DumpSearch(ThreadCreations creations, boolean parallel) {
        this.creations = creations;
        this.parallel = parallel;
    }

    @Override
    public synchronized void began(Origin origin, boolean isAlone) {
        if (!origin.settings().watchesThreads()) {
            // It goes by unseen, and between tests of a class that is not watched, so may others.
            containers.missed();
            return;
        }
        if (origin.parent() != null && origin.parent().level() == Level.SESSION && origin.level() == Level.TEST) {
            containers.missed();
        }
        candidates.began(origin);
        boolean looks = looksAtContainers(origin) || (first == null && isAlone);
        String stage =
                origin.level() + (origin.parent() == null ? "" : origin.parent().label());
        long idFrom = ThreadCreation.nextThreadId();
        var start = new Start(idFrom, looks && isAlone && !crowded ? containers.before(stage, quiet) : null);
        starts.put(origin, start);
        if (first == null) {
            first = start;
        }
        anyVirtual |= origin.settings().watchesVirtualThreads();
        anyPlatform |= origin.settings().watchesPlatformThreads();
    }

    /// The session is looked at for what any test is.
    private boolean watchesVirtual(Origin origin) {
        return origin.level() == Level.SESSION ? anyVirtual : origin.settings().watchesVirtualThreads();
    }

    private boolean watchesPlatform(Origin origin) {
        return origin.level() == Level.SESSION ? anyPlatform : origin.settings().watchesPlatformThreads();
    }

    @Override
    public void ended(Origin origin) {
        candidates.ended(origin);
    }

    /// Where the class is checked too, a test is not looked at for what has no thread.
    private boolean looksAtContainers(Origin origin) {
        if (parallel || !origin.settings().watchesVirtualThreads()) {
            return false;
        }
        Origin parent = origin.parent();
        return origin.level() == Level.CLASS
                || (origin.level() == Level.TEST
                        && (origin.settings().scope() == Scope.TEST
                                || origin.settings().expected() != null
                                || parent == null
                                || !parent.settings().watchesThreads()));
    }

    @Override
    public List<Found> left(Origin origin) {
        boolean isUnknown = origin.level() == Level.SESSION && origin.parent() != null;
        int created = isUnknown ? 0 : creations.count(origin);
        boolean looksAtContainers =
                origin.level() == Level.SESSION ? anyVirtual && isUnknown == parallel : looksAtContainers(origin);
        boolean looksForUnknown = isUnknown || (origin.level() == Level.CLASS && !parallel);
        if (created == 0 && !looksAtContainers && !looksForUnknown) {
            return List.of();
        }
        Map<Long, Member> platform = watchesPlatform(origin) ? platformThreads(origin, isUnknown) : Map.of();
        boolean mayHaveVirtual = created > 0 && watchesVirtual(origin) && mayHaveVirtual(origin);
        boolean needsDump = looksAtContainers || mayHaveVirtual || !platform.isEmpty();
        ThreadDump dump = needsDump && mayDump(origin, created) ? quiet.dump() : null;
        if (dump == null) {
            containers.missed();
            return withoutDump(origin, platform, mayHaveVirtual);
        }
        return new Dumped(origin, dump, platform, looksAtContainers, isUnknown).found();
    }

    /// On a frame of its own: what this one refers to is not collected meanwhile.
    private boolean mayHaveVirtual(Origin origin) {
        return creations.of(origin).stream()
                .anyMatch(creation -> creation.mayBeOfVirtualThread() && !isReported(creation));
    }

    private boolean mayDump(Origin origin, int created) {
        crowded |= created > Found.MAX_THREADS;
        return (!parallel || origin.level() == Level.SESSION) && !crowded;
    }

    private boolean isReported(ThreadCreation creation) {
        return creation.origin().isReported() && REPORTED.contains(creation.idBelow() - 1);
    }

    /// Of all origins, since an executor's first thread tells whose it is.
    private Map<Long, Member> platformThreads(Origin origin, boolean isUnknown) {
        Map<Long, Member> members = new LinkedHashMap<>();
        boolean isAny = false;
        List<Thread> alive = PlatformThreads.alive();
        Set<Long> ids = alive.stream().map(Thread::threadId).collect(Collectors.toSet());
        for (Thread thread : alive) {
            long id = thread.threadId();
            ThreadCreation creation = creations.of(id, ids::contains, near -> near.mayBeOf(thread.getClass()));
            boolean isOurs = creation == null
                    ? isUnknown ? isOfTheRun(id) : mayBeOfClass(origin, thread)
                    : !isUnknown && creation.origin().session() == origin.session();
            if (!isOurs || REPORTED.contains(id) || KNOWN.contains(id) || thread == Thread.currentThread()) {
                continue;
            }
            var member = new Member(
                    id,
                    thread,
                    null,
                    creation == null ? null : creation.origin(),
                    creation == null ? null : creation.site());
            if (KnownThreads.isKnown(member)) {
                KNOWN.add(id);
            } else {
                members.put(id, member);
                isAny |= creation == null || creation.origin().isWithin(origin);
            }
        }
        return isAny ? members : Map.of();
    }

    private boolean isOfTheRun(long id) {
        Start start = first;
        return start != null && id >= start.idFrom();
    }

    /// It inherits nothing, but was started in the time of the class, when nothing else ran. The JDK's own are
    /// daemons, but for those of HTTP clients.
    private boolean mayBeOfClass(Origin origin, Thread thread) {
        Start start = starts.get(origin);
        return !parallel
                && origin.level() == Level.CLASS
                && (!thread.isDaemon() || thread.getClass().getName().startsWith("jdk.internal.net.http."))
                && start != null
                && thread.threadId() >= start.idFrom();
    }

    private List<Found> withoutDump(Origin origin, Map<Long, Member> platform, boolean mayHaveVirtual) {
        Map<Member, Group> groups = new LinkedHashMap<>();
        platform.values().forEach(member -> groups.put(member, Kinds.of(member, "")));
        if (mayHaveVirtual && !(parallel && origin.settings().allowsAnything())) {
            for (ThreadCreation creation : creations.ofLivingVirtualThreads(origin)) {
                long id = creation.idBelow() - 1;
                if (!REPORTED.contains(id) && !platform.containsKey(id) && !isOfPlatformThread(creation)) {
                    groups.put(new Member(id, null, null, creation.origin(), creation.site()), Group.ALONE);
                }
            }
        }
        return ofOrigin(Kinds.grouped(groups), origin);
    }

    /// Its place was not kept, so that is not known.
    private static boolean isOfPlatformThread(ThreadCreation creation) {
        return creation.site() == null
                && PlatformThreads.alive().stream().anyMatch(thread -> thread.threadId() == creation.idBelow() - 1);
    }

    private List<Found> ofOrigin(List<Found> found, Origin origin) {
        found.stream()
                .filter(each -> each.origin() != null && !each.origin().isWithin(origin))
                .flatMap(each -> each.members().stream())
                .map(Member::origin)
                .filter(of -> of != null && of.isWithin(origin))
                .forEach(inOthers::add);
        return found.stream()
                .filter(each -> each.origin() == null || each.origin().isWithin(origin))
                .map(each -> each.origin() == null ? each.candidates(testsOf(each, origin)) : each)
                .toList();
    }

    private List<String> testsOf(Found found, Origin origin) {
        return candidates.of(
                origin.level() == Level.SESSION ? origin.session() : origin,
                found.members().getFirst().id());
    }

    @Override
    public void markReported(List<Found> found) {
        for (Found each : found) {
            if (!each.container().isEmpty()) {
                containers.markReported(each.container());
            }
            each.members().forEach(member -> REPORTED.add(member.id()));
        }
    }

    @Override
    public void forget(Origin origin) {
        boolean isAskedForAgain = inOthers.stream().anyMatch(each -> each.isWithin(origin));
        inOthers.removeIf(each -> each.isWithin(origin) && origin.level() != Level.TEST);
        if (!isAskedForAgain) {
            creations.forget(origin);
        }
        starts.keySet().removeIf(each -> each.isWithin(origin));
    }

    /// What one dump shows of one origin.
    private final class Dumped {
        private final Origin origin;
        private final ThreadDump dump;
        private final Map<Long, Member> platform;
        private final boolean looksAtContainers;
        private final boolean isUnknown;
        private final long idFrom;
        private final Set<Long> ids;
        private final Map<Member, Group> groups = new LinkedHashMap<>();
        private final Map<Long, String> containerOf = new HashMap<>();

        Dumped(
                Origin origin,
                ThreadDump dump,
                Map<Long, Member> platform,
                boolean looksAtContainers,
                boolean isUnknown) {
            this.origin = origin;
            this.dump = dump;
            this.platform = platform;
            this.looksAtContainers = looksAtContainers;
            this.isUnknown = isUnknown;
            Start start = origin.level() == Level.SESSION ? first : starts.get(origin);
            this.idFrom = start == null ? Long.MAX_VALUE : start.idFrom();
            this.ids = dump.containers().stream()
                    .flatMap(container -> container.threads().stream())
                    .map(DumpedThread::id)
                    .collect(Collectors.toSet());
        }

        List<Found> found() {
            containers.note(dump);
            for (Container container : dump.containers()) {
                for (DumpedThread thread : container.threads()) {
                    add(container, thread);
                }
            }
            platform.values()
                    .forEach(member -> groups.put(member, Kinds.of(member, containerOf.getOrDefault(member.id(), ""))));
            List<Found> found = new ArrayList<>(ofOrigin(Kinds.grouped(groups), origin));
            dump.containers().stream().filter(this::isLeftOpen).forEach(container -> found.add(empty(container)));
            return found;
        }

        private void add(Container container, DumpedThread thread) {
            if (!container.isRoot()) {
                containerOf.put(thread.id(), container.name());
            }
            if (!thread.virtual()
                    || !watchesVirtual(origin)
                    || isInfrastructure(thread)
                    || REPORTED.contains(thread.id())) {
                return;
            }
            ThreadCreation creation = creations.of(thread.id(), ids::contains, ThreadCreation::mayBeOfVirtualThread);
            if (creation == null ? thread.id() >= idFrom && isOfUnknown(thread) : isOurs(creation)) {
                var member = new Member(
                        thread.id(),
                        null,
                        thread,
                        creation == null ? null : creation.origin(),
                        creation == null ? null : creation.site());
                groups.put(member, group(member, container));
            }
        }

        private boolean isOurs(ThreadCreation creation) {
            return !isUnknown
                    && creation.origin().session() == origin.session()
                    && !(origin.level() == Level.SESSION && creation.origin().isReported());
        }

        /// Not if those that it may come from were reported to have left threads behind.
        private boolean isOfUnknown(DumpedThread thread) {
            return looksAtContainers
                    && (isUnknown || origin.level() != Level.SESSION)
                    && (!isUnknown
                            || (!isReportedNear(thread.id())
                                    && creations.near(thread.id()).stream()
                                            .noneMatch(near -> near.origin().isReported())));
        }

        /// Without a dump the id of a virtual thread was taken from its creation, which may have got a later one.
        private static boolean isReportedNear(long id) {
            return LongStream.range(id, id + ThreadCreations.NEAR).anyMatch(REPORTED::contains);
        }

        private static Group group(Member member, Container container) {
            if (container.isRoot()) {
                return Kinds.of(member, "");
            }
            Kind kind = container.isTaskScope() ? Kind.TASK_SCOPE : Kind.EXECUTOR;
            return new Group(kind, container.type(), container.name(), null, container.name());
        }

        /// One with threads in it is reported with them.
        private boolean isLeftOpen(Container container) {
            Start start = origin.level() == Level.SESSION ? first : starts.get(origin);
            if (!looksAtContainers
                    || start == null
                    || !container.threads().isEmpty()
                    || containers.isReported(container)) {
                return false;
            }
            Set<String> before = isUnknown && start.before() == null ? Set.of() : start.before();
            if (before == null || before.contains(container.name())) {
                return false;
            }
            boolean isOfAThread = container.isTaskScope() && (isUnknown || origin.level() != Level.SESSION);
            return isOfAThread ? isLeftOpenScope(container) : container.isPerTaskExecutor();
        }

        /// A task scope that is a virtual thread's, such as a scheduler's, is that thread's business.
        private boolean isLeftOpenScope(Container container) {
            if (!isUnknown) {
                return container.owner() == Thread.currentThread().threadId();
            }
            DumpedThread opener = dump.thread(container.owner());
            return opener != null && !opener.virtual();
        }

        private Found empty(Container container) {
            DumpedThread opener = container.isTaskScope() ? dump.thread(container.owner()) : null;
            List<String> tests = origin.level() == Level.TEST
                    ? List.of()
                    : candidatesOf.computeIfAbsent(
                            container.name(), key -> candidates.of(isUnknown ? origin.session() : origin, null));
            return new Found(
                    container.isTaskScope() ? Kind.TASK_SCOPE : Kind.EXECUTOR,
                    container.type(),
                    container.name(),
                    null,
                    List.of(),
                    origin.level() == Level.TEST ? origin : null,
                    null,
                    false,
                    opener == null ? "" : opener.name(),
                    tests);
        }

        /// The JDK's pollers, and the engine's threads, whose jobs have records; one that has not begun or is over is
        /// no leak.
        private static boolean isInfrastructure(DumpedThread thread) {
            List<StackTraceElement> stack = thread.stack();
            for (int i = stack.size() - 1; i >= 0; i--) {
                StackTraceElement frame = stack.get(i);
                if (frame.getClassName().startsWith("sun.nio.ch.Poller")
                        && frame.getMethodName().endsWith("ollerLoop")) {
                    return true;
                }
                if (!Frames.isPlatform(frame)) {
                    return Frames.isOwn(frame);
                }
            }
            return stack.isEmpty()
                    || thread.state().equals("NEW")
                    || thread.state().equals("TERMINATED");
        }
    }
}
