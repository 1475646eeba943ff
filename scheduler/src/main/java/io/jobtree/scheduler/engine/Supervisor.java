package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Backoff;
import io.jobtree.scheduler.platform.Carried;
import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Task;
import io.jobtree.scheduler.platform.ThreadScope;
import io.jobtree.scheduler.platform.Threads;
import io.jobtree.scheduler.platform.Timers;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A virtual thread that owns a thread scope and starts there what any thread puts into its inbox: jobs of a
/// scheduler, or those of a branch scope that its own thread did not spawn. It runs no user code.
///
/// ```
/// IDLE --first task--> RUNNING --stop, inbox empty--> LEFT: its thread waits for what it has started
///                       |  ^                           |
///                       |  +---one more task, that of--+
///                       |      a canceller that comes late
///                       +---its thread scope broke--> another thread goes on; this one waits for what it has started
/// ```
final class Supervisor extends Task {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int LEFT = 2;
    private static final VarHandle INBOX = Handles.of(MethodHandles.lookup(), "inbox", Task.class);
    private static final VarHandle PHASE = Handles.of(MethodHandles.lookup(), "phase", int.class);
    private static final VarHandle THREAD = Handles.of(MethodHandles.lookup(), "thread", Thread.class);
    private static final VarHandle THREADS = Handles.of(MethodHandles.lookup(), "threads", int.class);

    /// How many threads it starts in one turn, before a closer goes on that waits for its end.
    private static final int MANY = 1_000;

    /// How many turns it yields to what it has started, while a closer waits.
    private static final int TURNS = 4;

    /// Keeps those that run reachable: a parked virtual thread that nothing refers to is collected with all that it
    /// holds.
    private static final Set<Supervisor> ALL = ConcurrentHashMap.newKeySet();

    private final String name;

    /// Null too once all its jobs are done: handles of jobs hold this, and are not to hold what was carried to them.
    private @Nullable Carried<?> carried;

    /// What its threads have as context class loader: a loader, or the job whose thread says which. Null too
    /// once all its jobs are done.
    private @Nullable Object loader;

    /// Newest first.
    private volatile @Nullable Task inbox;

    /// What runs its jobs under thread reuse; null without.
    private final @Nullable Workers workers;

    private volatile int phase = IDLE;

    /// The one that reads the inbox.
    private volatile @Nullable Thread thread;

    /// How many of its threads have not ended: the one that reads the inbox, and those whose thread scope
    /// broke.
    private volatile int threads;

    private volatile boolean stopping;

    /// Where jobs may have no thread, because none could be started. Held while that is so, and no longer: a
    /// scheduler that was dropped is to be collected, whoever holds this.
    private volatile @Nullable Scope stranded;

    /// Who waits for its end. Not the drainer: another may lead the closing by then.
    private volatile @Nullable Thread closer;

    private volatile @Nullable Runnable atEnd;

    /// Who waits until this ends by itself, or finds that it cannot.
    private volatile @Nullable Thread drainer;

    /// The scheduler that is being closed, while this may end by itself as soon as its jobs are done.
    private volatile @Nullable RootScope draining;

    /// @param loader the context class loader of its threads, or the job whose thread has it
    Supervisor(String name, @Nullable Carried<?> carried, @Nullable Object loader, boolean reusesThreads) {
        this.workers = reusesThreads ? new Workers(this::wake) : null;
        this.name = name;
        this.carried = carried;
        this.loader = loader;
    }

    /// What its threads have bound, and so all that they start.
    @Nullable
    Carried<?> carried() {
        return carried;
    }

    /// Starts it on a thread that no scope owns, if it is not started.
    void ensureStarted() {
        startFrom(IDLE);
    }

    private void startFrom(int expected) {
        int from = expected;
        while (phase == from && PHASE.compareAndSet(this, from, RUNNING) && !tryStart()) {
            phase = IDLE;
            if (tryRetryLater(false)) {
                return;
            }
            Retry.rest();
            from = IDLE;
        }
    }

    /// By one call through the handle: the first at a new place needs memory.
    private int addThreads(int more) {
        return (int) THREADS.getAndAdd(this, more) + more;
    }

    /// False where there is no memory for that either.
    private boolean tryRetryLater(boolean replaces) {
        try {
            var _ = Timers.after(Retry.REST_NANOS, replaces ? this::replace : this::ensureStarted);
            return true;
        } catch (OutOfMemoryError noMemory) {
            return false;
        } catch (Throwable noStack) {
            // The next thread has to.
            return true;
        }
    }

    private boolean tryStart() {
        addThreads(1);
        try {
            ALL.add(this);
            Threads.start(threadName(), null, this::supervise);
            return true;
        } catch (Throwable noThread) {
            threadEnded();
            return false;
        }
    }

    private void threadEnded() {
        if (addThreads(-1) == 0) {
            forget();
            LockSupport.unpark(drainer);
            LockSupport.unpark(closer);
            var action = atEnd;
            if (action != null) {
                action.run();
            }
        }
    }

    private void forget() {
        try {
            ALL.remove(this);
        } catch (OutOfMemoryError noMemory) {
            // The waiting are not to miss the end. As a rule it is out: that set counts after it has removed.
        }
    }

    /// To be run when its threads have ended, and again if there were some after that.
    void atEnd(Runnable action) {
        atEnd = action;
    }

    /// Whether all its threads have ended, or it was never started.
    boolean hasEnded() {
        return threads == 0;
    }

    /// Has this thread woken when they have; null for none any more.
    void wakeAtEnd(@Nullable Thread waiting) {
        closer = waiting;
    }

    /// Lets it end by itself as soon as the scheduler's jobs are done, for a few turns of its loop; wakes the closer
    /// when it has ended, or has given up.
    void beginDraining(RootScope scheduler, Thread closer) {
        if (threads > 0) {
            drainer = closer;
            draining = scheduler;
            LockSupport.unpark(thread);
        }
    }

    boolean isDraining() {
        return draining != null;
    }

    void endDraining() {
        draining = null;
        drainer = null;
    }

    /// Whether it may end now; else wakes the closer, after a few turns.
    private void drain(int turn) {
        var scheduler = draining;
        if (scheduler == null) {
            return;
        }
        if (!hasTasks() && scheduler.isOver()) {
            stopping = true;
        } else if (turn >= TURNS) {
            giveUpDraining();
        }
    }

    /// It will not end soon: who waits for that goes on.
    private void giveUpDraining() {
        draining = null;
        LockSupport.unpark(drainer);
    }

    /// Has a thread started for the task.
    void add(Task task) {
        if (workers != null && task instanceof Link link) {
            workers.add(link);
            return;
        }
        for (Task top = inbox; ; top = inbox) {
            task.next = top;
            if (INBOX.compareAndSet(this, top, task)) {
                if (top == null) {
                    wake();
                }
                return;
            }
        }
    }

    /// Has it look for tasks, or for jobs that its workers leave.
    private void wake() {
        LockSupport.unpark(thread);
        startFrom(LEFT);
    }

    private boolean hasTasks() {
        return inbox != null || (workers != null && !workers.isEmpty());
    }

    /// Has threads started for the jobs of the tree that have none.
    void rescue(Scope root) {
        stranded = root;
        ensureStarted();
        wake();
    }

    /// Ends it, once what it has started has ended.
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    /// To be called when all its jobs are done: it needs nothing for them any more.
    void letGo() {
        carried = null;
        loader = null;
    }

    /// As a task of the supervisor of the scope above.
    @Override
    public @Nullable Object call() {
        phase = RUNNING;
        addThreads(1);
        supervise();
        return null;
    }

    private void supervise() {
        try {
            var before = (Thread) THREAD.getAndSet(this, Thread.currentThread());
            // One that was replaced, and is not lost, is to see that.
            LockSupport.unpark(before);
            ALL.add(this);
            Carried.run(carried, this::startTasks);
        } catch (Throwable broken) {
            goOnElsewhere(broken);
        } finally {
            threadEnded();
        }
    }

    private void startTasks() {
        try (var scope = ThreadScope.open(name)) {
            try {
                int turn = 0;
                while ((!stopping || hasTasks() || stranded != null) && thread == Thread.currentThread()) {
                    turn = draining == null ? 0 : turn + 1;
                    startAll(scope);
                    startWorker(scope);
                    // What was started runs first, on this carrier, and gives more to start meanwhile: a wake-up less.
                    Backoff.yieldOnce();
                    rescueStranded(scope);
                    drain(turn);
                    pause();
                }
                leave();
            } catch (Throwable broken) {
                // Not behind the close, which waits for what runs.
                goOnElsewhere(broken);
            }
        }
    }

    /// This thread reads the inbox no more. A canceller that comes late may have jobs that need a thread to end on.
    private void leave() {
        if (thread == Thread.currentThread()) {
            thread = null;
            phase = LEFT;
            if (hasTasks() || stranded != null) {
                startFrom(LEFT);
            }
        }
    }

    private void pause() {
        if (inbox != null || (workers != null && workers.needWorker()) || stopping || draining != null) {
            return;
        }
        if (stranded == null) {
            LockSupport.park(this);
        } else {
            // For memory, most likely.
            Retry.rest();
        }
        Thread.interrupted();
    }

    /// Has another thread read the inbox: the one that did may have been lost in an `unpark` that ran out of
    /// stack.
    void replace() {
        while (phase == RUNNING && !tryStart() && !tryRetryLater(true)) {
            Retry.rest();
        }
    }

    /// Another thread reads the inbox from now on. Most likely there was no memory, so nothing here may be left
    /// half-way for want of it.
    private void goOnElsewhere(Throwable broken) {
        if (thread != Thread.currentThread()) {
            return;
        }
        thread = null;
        do {
            giveUpDraining();
            Retry.rest();
        } while (!tryStart());
        Log.logAbout(Level.WARNING, "", name, ": its threads are now started by another supervisor", broken);
    }

    private void startAll(ThreadScope scope) {
        if (inbox == null) {
            return;
        }
        adoptLoader();
        var task = Task.oldestFirst((Task) INBOX.getAndSet(this, null));
        try {
            for (int started = 1; task != null; started++) {
                var first = task;
                // Taken before the task runs, which may put it into a queue again.
                task = first.next;
                first.next = null;
                if (!first.isObsolete() && !tryStart(scope, first)) {
                    add(first);
                    throw cannotStart();
                }
                if (started % MANY == 0) {
                    giveUpDraining();
                }
            }
        } finally {
            addAll(task);
        }
    }

    /// Starts a worker where jobs wait for one.
    private void startWorker(ThreadScope scope) {
        if (workers == null || !workers.needWorker()) {
            return;
        }
        adoptLoader();
        Worker worker;
        try {
            worker = new Worker(workers);
        } catch (Throwable noMemory) {
            workers.strandFirst();
            return;
        }
        workers.workerComes();
        if (!tryStart(scope, worker)) {
            workers.workerCame();
            throw cannotStart();
        }
    }

    private static IllegalStateException cannotStart() {
        return new IllegalStateException("its thread scope is broken, as by a thread that could not be started");
    }

    /// Puts tasks back that it could not come to.
    private void addAll(@Nullable Task first) {
        for (var task = first; task != null; ) {
            var next = task.next;
            add(task);
            task = next;
        }
    }

    /// A forked thread has the context class loader of the one that forks it.
    private void adoptLoader() {
        Thread.currentThread()
                .setContextClassLoader(loader instanceof JobImpl<?> job ? job.contextLoader() : (ClassLoader) loader);
    }

    /// False where this supervisor can start no more threads at all.
    private static boolean tryStart(ThreadScope scope, Task task) {
        try {
            return scope.fork(task);
        } catch (Throwable failure) {
            task.notStarted(failure);
            return true;
        }
    }

    private void rescueStranded(ThreadScope scope) {
        var root = stranded;
        if (root == null) {
            return;
        }
        // First: who strands a job after this says so again.
        stranded = null;
        boolean all = false;
        try {
            root.eachBelow(job -> rescue(job, scope));
            all = true;
        } finally {
            if (!all) {
                stranded = root;
            }
        }
    }

    /// Runs a job on a thread of another scope than its own.
    static final class Rescued extends Task {
        private final JobImpl<?> job;
        private final Link link;

        Rescued(JobImpl<?> job) {
            this.job = job;
            this.link = new Link(job);
        }

        @Override
        public @Nullable Object call() {
            try {
                job.runElsewhere(link::call);
            } catch (Throwable noMemory) {
                job.strand();
            }
            return null;
        }

        @Override
        public String threadName() {
            return job.threadName();
        }

        @Override
        public void notStarted(Throwable failure) {
            job.notStarted(failure);
        }
    }

    private static void rescue(JobImpl<?> job, ThreadScope scope) {
        if (!job.isStranded()) {
            return;
        }
        // First, since there may be no memory for it.
        var task = new Rescued(job);
        if (job.tryRescue() && !tryStart(scope, task)) {
            job.strand();
        }
    }

    @Override
    public String threadName() {
        return name + " supervisor";
    }

    /// The supervisor above has no thread for it.
    @Override
    public void notStarted(Throwable failure) {
        ensureStarted();
    }
}
