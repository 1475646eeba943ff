package io.jobtree.scheduler.synctest.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One bubble: its threads, its clock and its timers, all of them run by one platform thread, the driver.
///
/// **Threads:** unless it says otherwise, a method is for the driver and for the bubble's threads, of which one at a
/// time runs, on the driver. What others give to [#execute] is put aside until the driver takes it.
public final class Simulation implements Executor {
    static final JdkThreads JDK;
    static final MonitorHandOver MONITORS;

    private static final VarHandle RANDOM_SECONDARY;
    private static final VarHandle RANDOM_PROBE;

    static {
        try {
            JDK = new FieldShape();
            MONITORS = new MonitorHandOver();
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            RANDOM_SECONDARY = lookup.findVarHandle(Thread.class, "threadLocalRandomSecondarySeed", int.class);
            RANDOM_PROBE = lookup.findVarHandle(Thread.class, "threadLocalRandomProbe", int.class);
            FieldShape.routeTimers(RoutedTimers::new);
        } catch (ReflectiveOperationException unknown) {
            throw new LinkageError("JDK " + Runtime.version() + " has another shape: " + unknown, unknown);
        }
    }

    private final Plan plan;
    private final VirtualClock clock;
    private final Schedule schedule;
    private final Points.Filter packages;
    private final Trace trace = new Trace();
    private final Boundary boundary = new Boundary(this);
    private final PriorityQueue<Timer<?>> timers = new PriorityQueue<>();
    private final Map<Runnable, Member> members = new ConcurrentHashMap<>();
    private final List<Settler> settlers = new ArrayList<>();
    private final Driver driver;

    /// Members that the JDK's unblocker submitted. Any thread adds, the driver takes.
    private final Queue<Member> handedOver = new ConcurrentLinkedQueue<>();

    /// Members that another thread woke. Any thread adds, the driver takes once nothing else can run.
    private final Queue<Member> woken = new ConcurrentLinkedQueue<>();

    /// The pools of threads that were created in the bubble: its threads wait for its own only.
    private final Set<Pool> pools = new HashSet<>();

    /// By identity, and weak: its class may compare otherwise, and is not ready to while it is made.
    private static final class Pool extends WeakReference<Object> {
        private final int hash;

        Pool(Object pool) {
            super(pool);
            hash = System.identityHashCode(pool);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            Object pool = get();
            return this == other || (other instanceof Pool same && pool != null && same.refersTo(pool));
        }
    }

    /// Threads not yet started that nobody waits for at the end.
    private final Set<Thread> daemons = ConcurrentHashMap.newKeySet();

    private final AtomicInteger awaited = new AtomicInteger();

    private long sequence;
    private int started;
    private int poolThreads;
    private int points;

    Simulation(Plan plan) {
        this.plan = plan;
        packages = new Points.Filter(plan.packages());
        clock = new VirtualClock(plan.epoch());
        schedule = plan.seed() == null ? Schedule.firstInFirstOut() : Schedule.seeded(plan.seed());
        driver = new Driver(this);
    }

    /// Opens a bubble. For any thread outside of it; it ends with [Driver#callLast].
    public static Driver open(Plan plan) {
        if (current() != null) {
            throw new IllegalStateException("A bubble cannot be opened in a bubble; run its body as it is");
        }
        Simulation simulation = new Simulation(plan);
        simulation.driver.begin();
        return simulation.driver;
    }

    /// The bubble that the calling thread belongs to or drives. For any thread.
    public static @Nullable Simulation current() {
        Thread thread = Thread.currentThread();
        if (thread instanceof DriverThread driverThread) {
            return driverThread.simulation;
        }
        return thread.isVirtual() && JDK.schedulerOf(thread) instanceof Simulation simulation ? simulation : null;
    }

    boolean has(Thread thread) {
        return JDK.schedulerOf(thread) == this;
    }

    // ---- run queue

    /// Takes a thread that can run. For any thread.
    @Override
    public void execute(Runnable task) {
        Member member = members.get(task);
        // The JDK may submit a thread twice whose stack was read between.
        if (member == null || member.submitted || driver.isOver()) {
            return;
        }
        if (current() == this) {
            member.submitted = true;
            schedule.add(member);
            return;
        }
        boolean byUnblocker = boundary.isUnblocker(Thread.currentThread());
        if (!byUnblocker) {
            boundary.wokenFromOutside(member);
        }
        // Added before it counts as submitted: who sees the one finds the other.
        (byUnblocker ? handedOver : woken).add(member);
        member.submitted = true;
        driver.wake();
    }

    /// Takes a thread that is about to start. For any thread.
    void register(Thread thread) {
        Runnable task = JDK.taskOf(thread);
        int ordinal = ++started;
        Member member = new Member(thread, task, ordinal, mix(ordinal), daemons.remove(thread));
        if (!member.daemon) {
            awaited.incrementAndGet();
        }
        // Not zero, which means that it is not set: the JDK would take the next of the process.
        RANDOM_SECONDARY.set(thread, (int) mix(~ordinal) | 1);
        RANDOM_PROBE.set(thread, (int) mix(~ordinal) | 1);
        members.put(task, member);
    }

    private long mix(long value) {
        long seed = plan.seed() == null ? 0 : plan.seed();
        long mixed = (value + seed * 31) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 32;
    }

    void forget(Member member) {
        members.remove(member.task);
        if (!member.daemon) {
            awaited.decrementAndGet();
        }
    }

    /// Whether a thread is left that the end of the bubble waits for.
    boolean hasAwaited() {
        return awaited.get() > 0;
    }

    /// A thread of the bubble in place of a platform thread; a daemon is not waited for at the end.
    Thread inPlaceOf(String name, boolean daemon, Runnable body) {
        Thread thread = JDK.builder(this).name(name).unstarted(body);
        if (daemon) {
            daemons.add(thread);
        }
        return thread;
    }

    Collection<Member> members() {
        return members.values();
    }

    void admitHandedOver() {
        admit(handedOver);
    }

    boolean admitWoken() {
        return admit(woken);
    }

    boolean hasWoken() {
        return !woken.isEmpty() || !handedOver.isEmpty();
    }

    private boolean admit(Queue<Member> from) {
        if (from.isEmpty()) {
            return false;
        }
        List<Member> batch = new ArrayList<>();
        for (Member member = from.poll(); member != null; member = from.poll()) {
            batch.add(member);
        }
        schedule.addUnordered(batch);
        return true;
    }

    // ---- what the bubble's threads do

    Thread start(String name, Runnable body) {
        Thread thread = JDK.builder(this).name(name).unstarted(body);
        thread.start();
        return thread;
    }

    void ownPool(Object pool) {
        pools.add(new Pool(pool));
    }

    boolean ownsPool(Object pool) {
        return pools.contains(new Pool(pool));
    }

    String nextPoolName() {
        return "pool-thread-" + ++poolThreads;
    }

    ScheduledFuture<?> wakeUp(Runnable action, long delay) {
        return add(new Timer<>(this, () -> run(action), delay, 0, ++sequence, Timer.Kind.WAKE_UP));
    }

    <V> ScheduledFuture<V> schedule(Callable<V> action, long delay) {
        return add(new Timer<>(this, action, delay, 0, ++sequence, Timer.Kind.TASK));
    }

    /// What comes by the end of the bubble, if not before: somebody outside may rely on it.
    ScheduledFuture<?> scheduleLasting(Runnable action, long delay) {
        return add(new Timer<>(this, () -> run(action), delay, 0, ++sequence, Timer.Kind.LASTING_TASK));
    }

    ScheduledFuture<?> scheduleRepeatedly(Runnable action, long delay, long period) {
        return add(new Timer<>(this, () -> run(action), delay, period, ++sequence, Timer.Kind.TASK));
    }

    void fireLasting() {
        List<Timer<?>> lasting =
                timers.stream().filter(Timer::isLasting).sorted().toList();
        timers.removeAll(lasting);
        lasting.forEach(Timer::fire);
    }

    private static @Nullable Object run(Runnable action) {
        action.run();
        return null;
    }

    private <V> Timer<V> add(Timer<V> timer) {
        timers.add(timer);
        return timer;
    }

    /// A place where a switch may come.
    @SuppressWarnings("ThreadPriorityCheck") // here it is a switch, not a hint
    void point(int packageId) {
        Member running = driver.running();
        if (!schedule.isSeeded() || running == null || running.initializers > 0 || !packages.has(packageId)) {
            return;
        }
        points++;
        if (schedule.yieldsHere()) {
            Thread.yield();
        }
    }

    int takePoints() {
        int taken = points;
        points = 0;
        return taken;
    }

    /// Waits until all other threads wait, while the clock stands.
    public void settle() {
        Settler settler = new Settler(Thread.currentThread());
        settlers.add(settler);
        while (!settler.released) {
            LockSupport.park(settler);
        }
    }

    boolean releaseSettlers() {
        if (settlers.isEmpty()) {
            return false;
        }
        List<Settler> all = List.copyOf(settlers);
        settlers.clear();
        for (Settler settler : all) {
            settler.released = true;
            LockSupport.unpark(settler.thread);
        }
        return true;
    }

    private static final class Settler {
        final Thread thread;
        boolean released;

        Settler(Thread thread) {
            this.thread = thread;
        }
    }

    /// Calls something on a thread of its own outside, while the clock stands.
    public <T extends @Nullable Object> T callOutside(Callable<T> body) throws Exception {
        FutureTask<T> future = new FutureTask<>(body);
        boundary.enterDoor();
        try {
            new DoorThread(future).start();
            return future.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        } catch (InterruptedException interrupted) {
            future.cancel(true);
            throw interrupted;
        } finally {
            boundary.leaveDoor();
        }
    }

    // ---- parts

    /// The clock, for a thread that shows it to its code.
    VirtualClock readClock() {
        driver.clockRead();
        return clock;
    }

    VirtualClock clock() {
        return clock;
    }

    Schedule schedule() {
        return schedule;
    }

    Trace trace() {
        return trace;
    }

    Boundary boundary() {
        return boundary;
    }

    PriorityQueue<Timer<?>> timers() {
        return timers;
    }

    Driver driver() {
        return driver;
    }
}
