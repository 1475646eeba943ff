package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Site;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Threads that the JVM, JUnit, build tools, IDEs and libraries make once for the whole process and keep for good.
///
/// They are known by what makes them: their class, their group, and the code that started them. Names are for those
/// that nothing else tells apart.
final class KnownThreads {
    /// Prefixes of the classes of threads.
    private static final List<String> CLASSES = List.of(
            PlatformThreads.CARRIER,
            "jdk.internal.vm.",
            "jdk.jfr.",
            "java.util.concurrent.DelayScheduler",
            "java.lang.ref.Reference",
            "java.lang.ref.Finalizer",
            "sun.awt.",
            "sun.java2d.",
            "sun.rmi.",
            "com.sun.jmx.",
            "org.junit.",
            "org.apache.maven.surefire.",
            "org.gradle.",
            "com.intellij.",
            "org.eclipse.jdt.",
            "kotlinx.coroutines.",
            "org.testcontainers.",
            "com.google.common.base.internal.Finalizer",
            "io.netty.util.internal.ObjectCleaner");

    /// Prefixes of `class.method` of code that starts threads for the whole process, when nothing else is between.
    private static final List<String> STARTERS = List.of(
            "java.lang.ProcessHandleImpl",
            "java.lang.ProcessImpl",
            "java.lang.ApplicationShutdownHooks",
            "java.util.concurrent.CompletableFuture$Delayer",
            "java.util.concurrent.CompletableFuture$ThreadPerTaskExecutor",
            "java.util.logging.",
            "sun.net.www.http.KeepAliveCache",
            "sun.nio.ch.Poller",
            "sun.net.httpserver.ServerImpl.<init>",
            "sun.rmi.",
            "javax.management.",
            "com.sun.jmx.",
            "jdk.jfr.",
            "kotlinx.coroutines.",
            "org.testcontainers.",
            "com.github.dockerjava.",
            "org.rnorth.ducttape.",
            "com.mysql.cj.jdbc.AbandonedConnectionCleanupThread",
            "org.postgresql.util.LazyCleaner",
            "org.apache.logging.log4j.",
            "ch.qos.logback.",
            "net.bytebuddy.",
            "org.mockito.internal.util.concurrent.",
            "org.awaitility.",
            "com.sun.jna.",
            "org.jacoco.",
            "io.opentelemetry.javaagent.",
            "io.jobtree.scheduler.otel.pipeline.OneThread",
            "com.intellij.rt.",
            "org.gradle.",
            "org.apache.maven.surefire.");

    /// The same of libraries whose own code may be between: their lazily made singletons.
    private static final List<String> SINGLETONS = List.of(
            "kotlinx.coroutines.DefaultExecutor",
            "kotlinx.coroutines.scheduling.DefaultScheduler",
            "io.netty.util.concurrent.GlobalEventExecutor",
            "io.netty.util.ThreadDeathWatcher",
            "io.netty.util.internal.ObjectCleaner",
            "okio.AsyncTimeout",
            "reactor.core.scheduler.Schedulers.cache",
            "io.reactivex.schedulers.Schedulers",
            "io.reactivex.internal.schedulers.SchedulerPoolFactory",
            "io.reactivex.rxjava3.schedulers.Schedulers",
            "io.reactivex.rxjava3.internal.schedulers.SchedulerPoolFactory",
            "rx.internal.schedulers.",
            "dev.failsafe.internal.util.DelegatingScheduler",
            "com.google.common.base.FinalizableReferenceQueue");

    /// What runs the body of a test that has a timeout in a thread of its own; the second since JUnit 6.1.
    private static final List<String> TIMEOUTS = List.of(
            "org.junit.jupiter.api.AssertTimeoutPreemptively", "org.junit.jupiter.api.timeout.PreemptiveTimeoutUtils");

    /// Pools whose threads anybody names.
    private static final List<String> POOLS = List.of(
            "java.util.concurrent.ThreadPoolExecutor",
            "java.util.concurrent.ScheduledThreadPoolExecutor",
            "java.util.concurrent.AbstractExecutorService",
            "java.util.concurrent.Executors");

    /// How far up a singleton's own code is looked for.
    private static final int LIBRARY_FRAMES = 8;

    private static final Pattern NAMES = Pattern.compile(
            "main|idle-timeout-task|req-rsp-timeout-task|Monitor Ctrl-Break|Test worker|surefire-.*|Keep-Alive-Timer|process reaper.*|Attach Listener"
                    + "|DestroyJavaVM|Signal Dispatcher|Common-Cleaner|Notification Thread|JFR .*|RMI .*|JMX .*"
                    + "|junit-(?!timeout-thread).*|ForkJoinPool\\.commonPool-.*|CompletableFutureDelayScheduler"
                    + "|jobtree-telemetry(-budget)?|testcontainers-.*|ducttape-.*|OkHttp .*|Okio Watchdog"
                    + "|boundedElastic-(evictor-)?\\d+|Rx[A-Z]\\w+-\\d+|globalEventExecutor-.*|DefaultDispatcher-worker-\\d+"
                    + "|SIG[A-Z0-9]+ handler|VirtualThread-un.*|(Read|Write|Master)-?Poller.*");

    /// Of `HttpResources` and `TcpResources`, which all clients and servers share that are given no others.
    private static final Pattern REACTOR_NETTY = Pattern.compile("reactor-(http|tcp|udp)-.*");

    private static final Pattern REACTOR = Pattern.compile("(parallel|single)-\\d+");

    private KnownThreads() {}

    static boolean isKnown(Member member) {
        return isKnownThread(member, member.site()) || isStartedForGood(member.site(), member.origin());
    }

    /// The same by the thread alone, not by what started it for good: by its kind; or by its group or name, unless it
    /// is the user's, for anybody may start threads in the JVM's own group, or call one `main` or `JMX poller`.
    ///
    /// @param site where the thread was started, or its pool was made
    static boolean isKnownThread(Member member, @Nullable Site site) {
        Thread thread = member.thread();
        if (thread == null || thread.isVirtual()) {
            return false;
        }
        if (isOfCommonPool(thread) || isKnownByClass(thread)) {
            return true;
        }
        boolean isNamed = NAMES.matcher(thread.getName()).matches();
        // Without the agent the stack is that of the thread's constructor: a library's own factory calls it.
        List<StackTraceElement> start = site == null ? List.of() : Found.withoutThreadFactory(site.frames());
        if (isOfSystemGroup(thread)) {
            return isNamed || !isStartedByUser(start);
        }
        return isNamed && !isStartedByUser(start) && !isStartedByPoolOfTest(start, member.origin());
    }

    /// A test that calls a pool itself has made it, or somebody for it.
    private static boolean isStartedByPoolOfTest(List<StackTraceElement> stack, @Nullable Origin origin) {
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (!Frames.isOwn(frame) && !type.startsWith("java.lang.") && !startsWithOneOf(type, POOLS)) {
                return isOfTest(type, origin);
            }
        }
        return false;
    }

    /// Nothing of the JDK but `Thread` is between.
    private static boolean isStartedByUser(List<StackTraceElement> stack) {
        for (StackTraceElement frame : stack) {
            if (!Frames.isOwn(frame) && !frame.getClassName().startsWith("java.lang.")) {
                return Frames.isUsers(frame);
            }
        }
        return false;
    }

    private static boolean isOfSystemGroup(Thread thread) {
        ThreadGroup group = thread.getThreadGroup();
        return group != null && group.getParent() == null && !isCleaner(thread);
    }

    private static boolean isOfCommonPool(Thread thread) {
        return thread instanceof ForkJoinWorkerThread worker
                && ForkJoinPool.commonPool().equals(worker.getPool());
    }

    private static boolean isKnownByClass(Thread thread) {
        String type = thread.getClass().getName();
        return isInnocuous(thread)
                || startsWithOneOf(type, CLASSES)
                || (type.startsWith("reactor.core.scheduler.")
                        && REACTOR.matcher(thread.getName()).matches())
                || (type.startsWith("reactor.netty.resources.")
                        && REACTOR_NETTY.matcher(thread.getName()).matches());
    }

    /// The thread of a `java.lang.ref.Cleaner` that somebody made.
    static boolean isCleaner(Thread thread) {
        return thread.getName().startsWith("Cleaner-") && isOfInnocuousClass(thread);
    }

    /// The same where a thread factory of somebody's made it, so that nothing but what it does tells.
    static boolean isCleaner(@Nullable Site start) {
        return start != null
                && start.frames().stream()
                        .anyMatch(frame -> frame.getClassName().equals("java.lang.ref.Cleaner")
                                && frame.getMethodName().equals("create"));
    }

    /// The JDK's class for what it runs for itself, such as the default group of asynchronous channels. Cleaners and
    /// watch services have such threads too, and those are somebody's.
    private static boolean isInnocuous(Thread thread) {
        return isOfInnocuousClass(thread)
                && !isCleaner(thread)
                && !thread.getName().startsWith("FileSystemWatch");
    }

    private static boolean isOfInnocuousClass(Thread thread) {
        return thread.getClass().getName().equals("jdk.internal.misc.InnocuousThread");
    }

    /// By the stack of its start: what is nearest to the start tells, up to the user's own code.
    ///
    /// @param origin the test: what a library starts in its own tests is theirs to end
    static boolean isStartedForGood(@Nullable Site site, @Nullable Origin origin) {
        List<StackTraceElement> stack = site == null ? List.of() : site.frames();
        for (StackTraceElement frame : stack) {
            String starter = frame.getClassName() + "." + frame.getMethodName();
            if (STARTERS.stream().anyMatch(prefix -> starter.startsWith(prefix) && !isOfTest(prefix, origin))) {
                return true;
            }
            if (!Frames.isPlatform(frame) && !Frames.isOwn(frame)) {
                break;
            }
        }
        return isStartedByJUnit(stack) || isStartedByLibrarySingleton(stack);
    }

    /// A library's singleton may be some frames up.
    private static boolean isStartedByLibrarySingleton(List<StackTraceElement> stack) {
        return stack.stream()
                .filter(frame -> !Frames.isPlatform(frame) && !Frames.isOwn(frame))
                .limit(LIBRARY_FRAMES)
                .anyMatch(frame -> startsWithOneOf(frame.getClassName() + "." + frame.getMethodName(), SINGLETONS));
    }

    /// JUnit starts a thread for the body of a test or assertion that is stopped when its time is over, and the body
    /// may go on.
    static boolean isStartedByTimeout(List<StackTraceElement> stack) {
        return stack.stream().anyMatch(frame -> startsWithOneOf(frame.getClassName(), TIMEOUTS));
    }

    private static boolean isStartedByJUnit(List<StackTraceElement> stack) {
        if (isStartedByTimeout(stack)) {
            return false;
        }
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().startsWith("org.junit.")) {
                return true;
            }
            if (!Frames.isPlatform(frame) && !Frames.isOwn(frame)) {
                return false;
            }
        }
        return false;
    }

    /// Whether the name of a class of the test's begins so.
    private static boolean isOfTest(String prefix, @Nullable Origin origin) {
        return origin != null
                && origin.path().stream()
                        .flatMap(each -> each.classes().stream())
                        .anyMatch(type -> type.getName().startsWith(prefix));
    }

    private static boolean startsWithOneOf(String text, List<String> prefixes) {
        for (String prefix : prefixes) {
            if (text.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
