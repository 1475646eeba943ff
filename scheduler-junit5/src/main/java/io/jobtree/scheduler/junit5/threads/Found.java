package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.find.ForeignObjects;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Site;
import io.jobtree.scheduler.junit5.leak.LeakedThread;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import java.nio.channels.AsynchronousChannel;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A thread of its own, or an executor, task scope, timer or the like with all its threads, as it is found alive.
///
/// @param type what a reader knows it by; empty for a thread
/// @param container its name in a thread dump; empty if it has none
/// @param executor the executor itself, if there is a handle to it
/// @param members its live threads, the oldest first
/// @param origin where it comes from; null if that is not known
/// @param site where it was made, else where the oldest thread was started; null if neither is known
/// @param isMakersSite whether `site` is where the executor itself was made
/// @param opener the name of the thread that opened the task scope; empty if that is not known
/// @param candidates the tests that may have started it, where it is not known which
public record Found(
        Kind kind,
        String type,
        String container,
        @Nullable Object executor,
        List<Member> members,
        @Nullable Origin origin,
        @Nullable Site site,
        boolean isMakersSite,
        String opener,
        List<String> candidates) {

    /// Methods in which a thread stands while it ends, or while it waits for others that do.
    private static final Set<String> SHUTTING_DOWN = Set.of("confirmShutdown", "awaitTermination");

    /// What runs on threads of libraries that look every some seconds whether they were shut down.
    private static final Set<String> LOOK_NOW_AND_THEN = Set.of(
            "io.opentelemetry.sdk.trace.export.BatchSpanProcessor$Worker",
            "io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor$Worker");

    /// Threads that channels and servers share, and that end some time after the last one of these.
    private static final Pattern LINGERING = Pattern.compile("grpc-default-.*|grpc-shared-destroyer-.*");

    /// Methods of executors that get a thread from a thread factory.
    private static final Set<String> STARTS_WORKER = Set.of("addWorker", "createWorker");

    /// Of very many, how many are looked at.
    static final int MAX_LOOKED_AT = 50;

    /// From how many threads on only some are looked at.
    static final int MAX_THREADS = 2_000;

    static Found thread(Member member) {
        return new Found(
                Kind.THREAD, "", "", null, List.of(member), member.origin(), member.site(), false, "", List.of());
    }

    Found candidates(List<String> tests) {
        return new Found(kind, type, container, executor, members, origin, site, isMakersSite, opener, tests);
    }

    /// Tells it from all others.
    public String key() {
        return container + (members.isEmpty() ? "" : members.getFirst().id());
    }

    /// An executor that any class may have made.
    public boolean hasUnknownMaker() {
        return !isMakersSite && (kind == Kind.EXECUTOR || kind == Kind.TASK_SCOPE);
    }

    /// A daemon thread of no executor.
    public boolean isOnlyADaemon() {
        return (kind == Kind.THREAD || kind == Kind.CLEANER) && isOfDaemons();
    }

    /// It has platform threads, all of them daemons.
    public boolean isOfDaemons() {
        return !members.isEmpty() && members.stream().allMatch(member -> !member.isVirtual() && member.isDaemon());
    }

    /// It is nothing, or ends, once nothing refers to it: the test's instance may, up to the end of the test.
    public boolean endsWhenForgotten() {
        return kind == Kind.HTTP_CLIENT
                || isIdleTimer()
                || (kind == Kind.EXECUTOR && !isShutDown() && (members.isEmpty() || isSingleThreadExecutor()));
    }

    /// A timer with a task waits for some time, or runs it.
    private boolean isIdleTimer() {
        return kind == Kind.TIMER
                && members.stream().allMatch(member -> member.freeze().state().equals("WAITING"));
    }

    /// An executor that ends when it is forgotten, and has nothing to do. JUnit may refer to a test's instance, and so
    /// to what that one refers to, up to the end of the run.
    public boolean isForgettable() {
        return isSingleThreadExecutor()
                && !isShutDown()
                && members.stream().allMatch(member -> member.freeze().isIdle());
    }

    private boolean isShutDown() {
        return executor instanceof ExecutorService service && ForeignObjects.isShutdown(service);
    }

    /// A pool of idle daemons that wait for a task for some time only, and end then.
    public boolean endsWhenIdle() {
        return kind == Kind.EXECUTOR
                && isOfDaemons()
                && members.size() <= MAX_LOOKED_AT
                && members.stream().map(Member::freeze).allMatch(Found::waitsForAWhile);
    }

    private static boolean waitsForAWhile(LeakedThread thread) {
        return thread.isIdle()
                && thread.state().equals("TIMED_WAITING")
                && thread.stack().stream()
                        .anyMatch(frame -> frame.getMethodName().equals("getTask")
                                && frame.getClassName().equals("java.util.concurrent.ThreadPoolExecutor"))
                && !thread.waitsForDelayedTask();
    }

    /// Of `Executors.newSingleThreadExecutor`, which hides it in an object that shuts it down when it is forgotten.
    private boolean isSingleThreadExecutor() {
        if (kind != Kind.EXECUTOR || !type.equals("ThreadPoolExecutor") || members.size() > 1) {
            return false;
        }
        return isMakersSite
                ? isMadeBy("newSingleThreadExecutor")
                : frames().stream()
                        .anyMatch(frame ->
                                frame.getClassName().equals("java.util.concurrent.Executors$DelegatedExecutorService"));
    }

    private boolean isMadeBy(String prefix) {
        return isMakersSite
                && frames().stream()
                        .anyMatch(frame -> frame.getMethodName().startsWith(prefix)
                                && frame.getClassName().equals("java.util.concurrent.Executors"));
    }

    /// Somebody has shut it down, or may have, and its threads take their time: Netty's event loops have a quiet period
    /// of some seconds.
    public boolean isEnding() {
        return !members.isEmpty()
                && members.size() <= MAX_LOOKED_AT
                && (members.stream().allMatch(Found::isShuttingDown) || isEndingPool());
    }

    /// Its threads end as soon as there is a processor for them.
    private boolean isEndingPool() {
        return (executor instanceof ThreadPoolExecutor || executor instanceof ForkJoinPool)
                && isShutDown()
                && members.stream()
                        .map(Member::freeze)
                        .allMatch(thread -> thread.isIdle() && !thread.waitsForDelayedTask());
    }

    private static boolean isShuttingDown(Member member) {
        Thread thread = member.thread();
        if (thread == null || thread.isVirtual()) {
            return false;
        }
        if (LINGERING.matcher(thread.getName()).matches()) {
            return true;
        }
        for (StackTraceElement frame : ForeignObjects.stack(thread)) {
            if (SHUTTING_DOWN.contains(frame.getMethodName()) || LOOK_NOW_AND_THEN.contains(frame.getClassName())) {
                return true;
            }
        }
        return ForeignObjects.state(thread) == Thread.State.TERMINATED;
    }

    /// All that it does is to sleep, in code of somebody's, or until a task is due: it may end when it wakes up.
    public boolean isAsleep() {
        return (kind == Kind.THREAD || kind == Kind.EXECUTOR)
                && !members.isEmpty()
                && members.size() <= MAX_LOOKED_AT
                && members.stream().allMatch(Found::isSleeping);
    }

    /// A thread in `Thread.sleep`, which nothing but an interruption cuts short.
    public boolean isInSleep() {
        return kind == Kind.THREAD
                && isAsleep()
                && members.stream()
                        .map(Member::freeze)
                        .flatMap(thread -> thread.stack().stream())
                        .anyMatch(frame -> frame.getClassName().equals("java.lang.Thread")
                                && frame.getMethodName().equals("sleep"));
    }

    private static boolean isSleeping(Member member) {
        LeakedThread thread = member.freeze();
        return thread.state().equals("TIMED_WAITING") && (!thread.isIdle() || thread.waitsForDelayedTask());
    }

    /// What called for it, as far as that is known; the same for all that come from there.
    public String place() {
        StackTraceElement first = Frames.of(frames()).first();
        return kind + " " + (first == null ? "" : first.toString());
    }

    public List<String> names() {
        return members.stream()
                .limit(MAX_THREADS)
                .map(Member::name)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    public List<StackTraceElement> frames() {
        return site == null ? List.of() : site.frames();
    }

    public boolean isAllowedBy(Origin reporter) {
        return reporter.settings()
                .allows(kind, names(), () -> Frames.of(frames()).methods());
    }

    /// Whether that object is the executor, or one of the threads, as far as can be known.
    Predicate<Object> isIt() {
        return isSurelyIt()
                .or(object -> (container.isEmpty() && executor == null && isPoolLikeIt(object))
                        || ((executor == null || isMadeBy("newSingleThread"))
                                && isOpaque(object.getClass().getName())
                                && !(object instanceof ExecutorService service
                                        && ForeignObjects.isTerminated(service))));
    }

    /// The same, where no wrapper that may hide another one counts.
    Predicate<Object> isSurelyIt() {
        Set<Long> ids = members.stream().map(Member::id).collect(Collectors.toSet());
        String maker = jdkMaker();
        return object -> isSame(object, executor)
                || (object instanceof Thread thread && ids.contains(thread.threadId()))
                || (!maker.isEmpty() && maker.equals(object.getClass().getPackageName()) && mayHaveThreads(object))
                || (!container.isEmpty() && container.equals(Objects.toIdentityString(object)));
    }

    /// Of packages of the JDK in which there is more than what has threads of its own.
    private static boolean mayHaveThreads(Object object) {
        return switch (object.getClass().getPackageName()) {
            case "sun.nio.fs" -> object instanceof WatchService;
            case "sun.nio.ch" -> object instanceof AsynchronousChannelGroup || object instanceof AsynchronousChannel;
            default -> true;
        };
    }

    /// The package of the JDK's own that made it for somebody's object, which hides it: an `HttpServer`, a group of
    /// channels. Empty if there is none. Where it is not known what started a thread, what it runs tells.
    private String jdkMaker() {
        if (site != null || members.isEmpty()) {
            return jdkMaker(frames());
        }
        List<StackTraceElement> stack = members.getFirst().freeze().stack();
        return jdkMaker(stack.reversed().stream()
                .dropWhile(frame -> frame.getClassName().startsWith("java.lang."))
                .limit(1)
                .toList());
    }

    private static String jdkMaker(List<StackTraceElement> stack) {
        for (StackTraceElement frame : stack) {
            if (Frames.isUsers(frame)) {
                break;
            }
            String type = frame.getClassName();
            if (Frames.isPlatform(frame) && !type.startsWith("java.") && !type.startsWith("jdk.internal.")) {
                return type.substring(0, type.lastIndexOf('.'));
            }
        }
        return "";
    }

    /// Without a dump nothing tells of which pool a worker is: then one of the same kind with so many threads may be
    /// it.
    private boolean isPoolLikeIt(Object object) {
        return kind == Kind.EXECUTOR
                && object instanceof ThreadPoolExecutor pool
                && Kinds.simpleName(pool.getClass().getName()).equals(type)
                && pool.getPoolSize() > 0
                && pool.getPoolSize() <= members.size();
    }

    @SuppressWarnings("ReferenceEquality") // that one and no other
    private static boolean isSame(Object object, @Nullable Object other) {
        return object == other;
    }

    /// A wrapper of the JDK that may hide it.
    private boolean isOpaque(String className) {
        return switch (kind) {
            case TIMER -> className.equals("java.util.Timer");
            case HTTP_CLIENT -> className.startsWith("jdk.internal.net.http.");
            case CLEANER -> className.equals("java.lang.ref.Cleaner");
            case EXECUTOR -> className.startsWith("java.util.concurrent.Executors$");
            case TASK_SCOPE -> className.startsWith("java.util.concurrent.StructuredTaskScope");
            default -> false;
        };
    }

    /// What an executor calls to get a thread says nothing of who uses it.
    static List<StackTraceElement> withoutThreadFactory(List<StackTraceElement> frames) {
        for (int i = frames.size() - 1; i >= 0; i--) {
            StackTraceElement frame = frames.get(i);
            if (frame.getClassName().startsWith("java.util.concurrent.")
                    && STARTS_WORKER.contains(frame.getMethodName())) {
                return frames.subList(i, frames.size());
            }
        }
        return frames;
    }

    /// Takes the stacks of its threads.
    ///
    /// @param placement who could end it
    public ThreadLeak freeze(Placement placement) {
        int looked = members.size() > MAX_THREADS ? MAX_LOOKED_AT : members.size();
        List<LeakedThread> threads = new ArrayList<>();
        for (Member member : members.subList(0, looked)) {
            threads.add(member.freeze());
        }
        return new ThreadLeak(
                kind,
                type,
                container,
                threads,
                members.size(),
                isMakersSite ? frames() : withoutThreadFactory(frames()),
                isMakersSite,
                origin == null ? "" : origin.label(),
                opener,
                candidates,
                placement.heldBy(),
                looked < members.size(),
                placement.isShared(this),
                executor instanceof ExecutorService service ? ForeignObjects.isShutdown(service) : null);
    }
}
