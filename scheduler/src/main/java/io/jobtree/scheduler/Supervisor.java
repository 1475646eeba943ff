package io.jobtree.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A virtual thread that owns a thread scope and starts there what any thread puts into its inbox: all
/// jobs of a scheduler, and those of a branch scope that its own thread did not spawn.
final class Supervisor extends Task {
    private static final VarHandle INBOX;
    private static final VarHandle REFUSING;

    /// Those that run. A virtual thread that is parked, and that nobody holds, is collected with all
    /// that it holds.
    private static final Set<Supervisor> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        try {
            INBOX = MethodHandles.lookup().findVarHandle(Supervisor.class, "inbox", Task.class);
            REFUSING = MethodHandles.lookup().findVarHandle(Supervisor.class, "refusing", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// How often it yields to what it has started, before it says that a close will take longer.
    private static final int PATIENCE = 3;

    private final String name;
    private final ScopedValue.@Nullable Carrier carrier;

    /// Newest first.
    private volatile @Nullable Task inbox;

    private volatile @Nullable Thread thread;
    private volatile boolean started;
    private volatile boolean stopping;

    /// Who closes the scheduler and waits to hear how long that takes; and the scheduler, which is
    /// written first.
    private volatile @Nullable Thread closer;

    private @Nullable Scheduler closing;
    private volatile boolean slow;
    private final CountDownLatch ended = new CountDownLatch(1);

    private volatile boolean refusing;

    /// Why it starts nothing.
    private volatile @Nullable Throwable broken;

    Supervisor(String name, ScopedValue.@Nullable Carrier carrier) {
        this.name = name;
        this.carrier = carrier;
    }

    boolean isStarted() {
        return started;
    }

    /// Starts it on a thread that no scope owns.
    void startDetached() {
        RUNNING.add(this);
        try {
            Thread.ofVirtual()
                    .inheritInheritableThreadLocals(false)
                    .name(threadName())
                    .start(this::call);
        } catch (Throwable failure) {
            RUNNING.remove(this);
            ended.countDown();
            notStarted(failure);
        }
        started = true;
    }

    /// Waits a while for the end of its thread, if it was ever started.
    void awaitEnd(Duration timeout) throws InterruptedException {
        if (started) {
            var _ = ended.await(Checks.nanos(timeout), TimeUnit.NANOSECONDS);
        }
    }

    /// Has a thread started for the task; if that cannot be done, the task is told.
    void add(Task task) {
        for (Task top = inbox; ; top = inbox) {
            task.next = top;
            if (INBOX.compareAndSet(this, top, task)) {
                if (top == null) {
                    LockSupport.unpark(thread);
                }
                refuseIfBroken();
                return;
            }
        }
    }

    /// Ends it once the scheduler's jobs are done, if that is soon; returns when it has ended, when that will take
    /// longer, when the time is over, or when the thread is interrupted.
    void endSoon(Scheduler scheduler, long nanos) {
        if (!started) {
            return;
        }
        closing = scheduler;
        closer = Thread.currentThread();
        LockSupport.unpark(thread);
        long start = System.nanoTime();
        for (long left = nanos; mayEndSoon() && left > 0; left = nanos - (System.nanoTime() - start)) {
            // A timer costs a virtual thread more than a hundred jobs, and is of no use to it: where this
            // supervisor gets no carrier to say how long it takes, neither does that thread.
            if (Thread.currentThread().isVirtual()) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, left);
            }
        }
        // A scheduler that is closed is to be collected, whoever still holds this.
        closing = null;
    }

    /// Tells the closer that the end will take longer.
    void endLater() {
        slow = true;
        LockSupport.unpark(closer);
    }

    private boolean mayEndSoon() {
        return !slow && ended.getCount() > 0 && !Thread.currentThread().isInterrupted();
    }

    /// Ends it, once what it has started has ended.
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    @Override
    public @Nullable Object call() {
        thread = Thread.currentThread();
        RUNNING.add(this);
        try {
            if (carrier == null) {
                supervise();
            } else {
                carrier.run(this::supervise);
            }
        } finally {
            RUNNING.remove(this);
            ended.countDown();
            LockSupport.unpark(closer);
        }
        return null;
    }

    @SuppressWarnings("ThreadPriorityCheck")
    private void supervise() {
        try (var threads = ThreadScope.open(name)) {
            int yields = 0;
            while (!stopping || inbox != null) {
                yields = inbox == null ? yields + 1 : 0;
                forkAll(threads);
                // What was started runs first, on this carrier, and gives more to start meanwhile: a
                // wake-up less.
                Thread.yield();
                if (inbox == null && !stopping && !endsSoon(yields)) {
                    LockSupport.park(this);
                    Thread.interrupted();
                }
            }
        } catch (Throwable failure) {
            notStarted(failure);
        }
    }

    /// Whether a closer waits, and need not wait long: ends this if all jobs are done, or else is to be
    /// asked again after another yield. A closer that has to wait longer is told so.
    private boolean endsSoon(int yields) {
        var scheduler = closer == null || slow ? null : closing;
        if (scheduler == null) {
            return false;
        }
        if (scheduler.isOver()) {
            stopping = true;
        } else if (yields >= PATIENCE) {
            endLater();
        }
        return !slow;
    }

    private void forkAll(ThreadScope threads) {
        for (var task = takeAll(); task != null; ) {
            // Taken before the task runs, which may put it into a queue again.
            var next = task.next;
            task.next = null;
            if (!task.isObsolete()) {
                fork(threads, task);
            }
            task = next;
        }
    }

    private static void fork(ThreadScope threads, Task task) {
        try {
            if (!threads.fork(task)) {
                throw new IllegalStateException("the supervisor's scoped values have changed");
            }
        } catch (Throwable failure) {
            task.notStarted(failure);
        }
    }

    /// Everything in the inbox, oldest first.
    private @Nullable Task takeAll() {
        return oldestFirst((Task) INBOX.getAndSet(this, null));
    }

    /// Refuses what is in the inbox. One thread at a time, which also takes what is added meanwhile: a
    /// refused job gives its place to the next, and that must not end in a recursion as deep as the
    /// queue is long.
    private void refuseIfBroken() {
        var failure = broken;
        while (failure != null && inbox != null && REFUSING.compareAndSet(this, false, true)) {
            for (var task = takeAll(); task != null; ) {
                var next = task.next;
                task.notStarted(failure);
                task = next;
            }
            refusing = false;
        }
    }

    @Override
    String threadName() {
        return name + " supervisor";
    }

    @Override
    boolean isObsolete() {
        return false;
    }

    @Override
    void notStarted(Throwable failure) {
        broken = failure;
        refuseIfBroken();
    }
}
