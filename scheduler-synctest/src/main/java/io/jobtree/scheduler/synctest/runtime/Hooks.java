package io.jobtree.scheduler.synctest.runtime;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What the rewritten classes call. Outside a bubble each does what the replaced call did.
public final class Hooks {
    private static final AtomicInteger BUBBLES = new AtomicInteger();

    /// Whether there is any bubble: a plain field, so that the check costs nothing where there is none.
    private static volatile boolean active;

    private Hooks() {}

    static void bubbleOpened() {
        BUBBLES.incrementAndGet();
        active = true;
    }

    static void bubbleClosed() {
        if (BUBBLES.decrementAndGet() == 0) {
            active = false;
            if (BUBBLES.get() > 0) {
                active = true; // one opened in between
            }
        }
    }

    private static @Nullable Simulation current() {
        return active ? Simulation.current() : null;
    }

    /// Whether the caller is a thread of a bubble. A driver, which runs the JDK's code between them, is none.
    public static boolean inBubble() {
        return inside() != null;
    }

    private static @Nullable Simulation inside() {
        return active && Thread.currentThread().isVirtual() ? Simulation.current() : null;
    }

    // ---- clocks

    public static long nanoTime() {
        Simulation simulation = current();
        return simulation == null ? System.nanoTime() : simulation.readClock().nanoTime();
    }

    public static long currentTimeMillis() {
        Simulation simulation = current();
        return simulation == null
                ? System.currentTimeMillis()
                : simulation.readClock().currentTimeMillis();
    }

    /// In place of what `VM.getNanoTimeAdjustment(seconds)` has just returned.
    public static long nanoTimeAdjustment(long real, long seconds) {
        Simulation simulation = current();
        return simulation == null ? real : simulation.readClock().nanosSince(seconds);
    }

    // ---- threads

    public static void threadStarting(Thread thread) {
        if (active && Simulation.JDK.schedulerOf(thread) instanceof Simulation simulation) {
            simulation.register(thread);
        }
    }

    public static void platformThreadStarting(Thread thread) {
        Simulation simulation = inside();
        if (simulation != null && !(thread instanceof DoorThread)) {
            simulation.boundary().started(thread);
        }
    }

    public static void unparking(@Nullable Thread thread) {
        Simulation simulation = inside();
        if (simulation != null && thread != null) {
            simulation.boundary().contacted(thread);
        }
    }

    /// A thread dump does not always have the object: not where the caller is compiled.
    public static void waiting(Object monitor) {
        Simulation simulation = inside();
        Member running = simulation == null ? null : simulation.driver().running();
        if (running != null) {
            running.waitsOn = monitor;
        }
    }

    public static void joining(Thread thread) {
        Simulation simulation = inside();
        if (simulation != null) {
            simulation.boundary().joining(thread);
        }
    }

    /// The JDK's own mixes in the thread's id, which is another one in each run.
    public static long nextSeed(ThreadLocalRandom random) {
        Member running = here().driver().running();
        return running == null ? System.nanoTime() : running.nextSeed();
    }

    public static void unblockerTakes() {
        MonitorHandOver.taken();
    }

    public static void unblockerSubmitted() {
        MonitorHandOver.submitted();
    }

    // ---- yield points

    public static void point(int packageId) {
        Simulation simulation = inside();
        if (simulation != null) {
            simulation.point(packageId);
        }
    }

    public static void initializerEntered() {
        initializer(1);
    }

    public static void initializerLeft() {
        initializer(-1);
    }

    private static void initializer(int step) {
        Simulation simulation = inside();
        Member running = simulation == null ? null : simulation.driver().running();
        if (running != null) {
            running.initializers += step;
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // in a bubble no other thread runs until this one yields
    public static void onSpinWait() {
        if (inBubble()) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    // ---- ways out

    private static void leave(Exit exit, String detail) {
        Simulation simulation = inside();
        if (simulation != null) {
            throw simulation.boundary().leave(exit, detail);
        }
    }

    public static void socket() {
        leave(Exit.SOCKET, "");
    }

    public static void timer() {
        leave(Exit.TIMER, "");
    }

    public static void httpClient() {
        leave(Exit.HTTP_CLIENT, "");
    }

    public static void process() {
        leave(Exit.PROCESS, "");
    }

    public static void fileWatch() {
        leave(Exit.FILE_WATCH, "");
    }

    public static void pinned() {
        leave(Exit.PINNED, "");
    }

    /// The pool of virtual threads outside, which alone has a factory of java.lang, is used too where the bubble wakes
    /// one of them, and that is contact enough.
    public static void forkJoin(ForkJoinPool pool) {
        if (active
                && inBubble()
                && !pool.getFactory().getClass().getPackageName().equals("java.lang")) {
            leave(Exit.FORK_JOIN, "");
        }
    }

    /// Only a thread that is no worker calls it in a bubble.
    public static void fork() {
        leave(Exit.FORK_JOIN, "");
    }

    /// What a class initializer creates is there for the whole process, whichever bubble it runs in.
    public static void poolCreated(ThreadPoolExecutor pool) {
        Simulation simulation = inside();
        if (simulation != null && !isInInitializer()) {
            simulation.ownPool(pool);
        }
    }

    private static boolean isInInitializer() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("<clinit>")));
    }

    public static boolean isForeign(ThreadPoolExecutor pool) {
        Simulation simulation = inside();
        return simulation != null && !simulation.ownsPool(pool);
    }

    public static void poolUsed(ThreadPoolExecutor pool) {
        if (isForeign(pool)) {
            leave(Exit.POOL, "");
        }
    }

    /// A pool from outside gets no thread, which would be the bubble's and end with it: it starts one when it is used
    /// outside.
    public static boolean addWorker(ThreadPoolExecutor pool, @Nullable Runnable task, boolean core) {
        return false;
    }

    /// A pool of the bubble has threads of the bubble, whatever its factory makes.
    public static Thread workerThread(Thread made, Runnable worker) {
        Simulation simulation = inside();
        return simulation == null || made.isVirtual()
                ? made
                : simulation.inPlaceOf(made.getName(), made.isDaemon(), worker);
    }

    /// In place of a platform thread that Jobtree's engine starts.
    public static Future<?> onDaemon(String name, @Nullable ClassLoader loader, Runnable task) {
        FutureTask<?> future = new FutureTask<>(task, null);
        Thread thread = here().inPlaceOf(name, true, future);
        thread.setContextClassLoader(loader);
        thread.start();
        return future;
    }

    /// In place of the engine's timers. Some are for all schedulers of the process.
    public static Future<?> after(long nanos, Runnable action) {
        return here().scheduleLasting(action, nanos);
    }

    // ---- constructs that the JDK has on platform threads

    private static Simulation here() {
        Simulation simulation = inside();
        if (simulation == null) {
            throw new IllegalStateException("not in a bubble");
        }
        return simulation;
    }

    public static Executor asyncPool(Executor pool) {
        Simulation simulation = inside();
        return simulation == null ? pool : task -> simulation.start("async", task);
    }

    public static Thread poolThread(Object factory, Runnable task) {
        Simulation simulation = here();
        return Simulation.JDK
                .builder(simulation)
                .name(simulation.nextPoolName())
                .unstarted(task);
    }

    public static ScheduledFuture<?> schedule(ForkJoinPool pool, Runnable task, long delay, TimeUnit unit) {
        return here().schedule(Executors.callable(task), unit.toNanos(delay));
    }

    public static <V> ScheduledFuture<V> schedule(ForkJoinPool pool, Callable<V> task, long delay, TimeUnit unit) {
        return here().schedule(task, unit.toNanos(delay));
    }

    public static ScheduledFuture<?> scheduleAtFixedRate(
            ForkJoinPool pool, Runnable task, long delay, long period, TimeUnit unit) {
        return here().scheduleRepeatedly(task, unit.toNanos(delay), unit.toNanos(period));
    }

    public static ScheduledFuture<?> scheduleWithFixedDelay(
            ForkJoinPool pool, Runnable task, long delay, long pause, TimeUnit unit) {
        return here().scheduleRepeatedly(task, unit.toNanos(delay), -unit.toNanos(pause));
    }

    /// The four of a scheduled executor from outside: a static one that serves as a timer.
    public static ScheduledFuture<?> schedule(
            ScheduledThreadPoolExecutor pool, Runnable task, long delay, TimeUnit unit) {
        return here().schedule(Executors.callable(task), unit.toNanos(delay));
    }

    public static <V> ScheduledFuture<V> schedule(
            ScheduledThreadPoolExecutor pool, Callable<V> task, long delay, TimeUnit unit) {
        return here().schedule(task, unit.toNanos(delay));
    }

    public static ScheduledFuture<?> scheduleAtFixedRate(
            ScheduledThreadPoolExecutor pool, Runnable task, long delay, long period, TimeUnit unit) {
        return here().scheduleRepeatedly(task, unit.toNanos(delay), unit.toNanos(period));
    }

    public static ScheduledFuture<?> scheduleWithFixedDelay(
            ScheduledThreadPoolExecutor pool, Runnable task, long delay, long pause, TimeUnit unit) {
        return here().scheduleRepeatedly(task, unit.toNanos(delay), -unit.toNanos(pause));
    }

    public static Executor delayedExecutor(long delay, TimeUnit unit) {
        Simulation simulation = here();
        return task -> {
            var _ = simulation.schedule(Executors.callable(task), unit.toNanos(delay));
        };
    }

    public static Executor delayedExecutor(long delay, TimeUnit unit, Executor executor) {
        Simulation simulation = here();
        return task -> {
            var _ = simulation.schedule(Executors.callable(() -> executor.execute(task)), unit.toNanos(delay));
        };
    }

    public static <T> CompletableFuture<T> orTimeout(CompletableFuture<T> future, long timeout, TimeUnit unit) {
        return unlessDone(future, () -> future.completeExceptionally(new TimeoutException()), timeout, unit);
    }

    public static <T> CompletableFuture<T> completeOnTimeout(
            CompletableFuture<T> future, T value, long timeout, TimeUnit unit) {
        return unlessDone(future, () -> future.complete(value), timeout, unit);
    }

    private static <T> CompletableFuture<T> unlessDone(
            CompletableFuture<T> future, Runnable atTimeout, long timeout, TimeUnit unit) {
        Simulation simulation = here();
        if (!future.isDone()) {
            Future<?> timer = simulation.schedule(Executors.callable(atTimeout), unit.toNanos(timeout));
            var _ = future.whenComplete((value, failure) -> timer.cancel(false));
        }
        return future;
    }
}
