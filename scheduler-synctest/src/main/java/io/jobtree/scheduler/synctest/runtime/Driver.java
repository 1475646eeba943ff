package io.jobtree.scheduler.synctest.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Runs a bubble: one thread after the other and, when all wait, the clock.
///
/// ```text
///   a call comes in -> threads run -> all wait -> the clock jumps -> threads run -> ... -> the call is over -> all
/// stand
/// ```
public final class Driver {
    /// Without a jump of the clock in so many steps, threads wait for each other by yielding.
    private static final int STEPS_WITHOUT_TIME = 1_000_000;

    /// After so many looks at the clock without a wait, a thread waits for the clock, which stands while it runs.
    private static final int READS_WITHOUT_WAIT = 10_000_000;

    /// So long a bubble whose test is over may go on.
    private static final int STEPS_AFTER_TEST = 20_000;

    private final Simulation simulation;
    private final Thread thread;
    private final Watch watch;
    private final BlockingQueue<Command<?>> commands = new LinkedBlockingQueue<>();
    private final List<Member> atMonitors = new ArrayList<>();

    // Of the driver's and the bubble's threads.
    private @Nullable Thread test;
    private @Nullable Command<?> command;
    private boolean ending;

    /// Whether the first thread is parked for the next call; unparked at another time, a park of the test would return.
    private boolean awaitsCall;

    private int stepsWithoutTime;
    private int stepsAfterTest;
    private int readsInStep;

    /// The thread that runs now, for the watch to see.
    private volatile @Nullable Member running;

    /// Counts what has run, for the watch to see.
    private volatile long steps;

    private volatile @Nullable Ending stopped;
    private volatile boolean over;

    Driver(Simulation simulation) {
        this.simulation = simulation;
        thread = new DriverThread(simulation, this::loop);
        watch = new Watch(this, thread);
    }

    void begin() {
        Hooks.bubbleOpened();
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
    }

    // ---- for threads outside

    /// Runs the body on the bubble's first thread, and returns what it returns.
    public <T extends @Nullable Object> @Nullable T call(Callable<T> body) throws Throwable {
        return carryOut(new Command<>(body, false));
    }

    /// As [#call], and then ends the bubble: after the threads that are left, or it says which never end. Where
    /// the body fails, that is its failure alone.
    public <T extends @Nullable Object> @Nullable T callLast(Callable<T> body) throws Throwable {
        return carryOut(new Command<>(body, true));
    }

    private <T extends @Nullable Object> @Nullable T carryOut(Command<T> next) throws Throwable {
        if (over) {
            throw stopped == null ? new IllegalStateException("The bubble is closed") : stopped;
        }
        commands.add(next);
        try {
            watch.await(next);
        } catch (InterruptedException interrupted) {
            stop(new Ending(Ending.Kind.LEFT, "The thread that waits for the bubble was interrupted"));
            throw interrupted;
        }
        return next.result();
    }

    public Trace trace() {
        return simulation.trace();
    }

    public boolean isOver() {
        return over;
    }

    /// Ends it where it stands: no thread of it goes on.
    void stop(Ending reason) {
        stopped = reason;
        finish();
        LockSupport.unpark(thread);
    }

    @Nullable
    Member running() {
        return running;
    }

    long steps() {
        return steps;
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    private synchronized void finish() {
        if (!over) {
            over = true;
            Hooks.bubbleClosed();
        }
    }

    // ---- the driver's thread

    private void loop() {
        Command<?> next = null;
        try {
            test = simulation.start("test", this::serve);
            while (!over) {
                next = commands.take();
                carryOutInside(next);
            }
        } catch (Throwable broken) {
            stopped = broken instanceof Ending reason
                    ? reason
                    : new Ending(Ending.Kind.LEFT, "The bubble broke: " + broken);
            // Over before the caller hears of it, who would else go on with the next call.
            finish();
            if (next != null) {
                next.fail(broken);
            }
        }
    }

    private void carryOutInside(Command<?> next) {
        command = next;
        if (awaitsCall) {
            LockSupport.unpark(test);
        }
        while (!next.isOver()) {
            step();
        }
        if (next.isLast()) {
            runOut(next);
            finish();
        }
        next.publish();
    }

    private void runOut(Command<?> last) {
        simulation.trace().end();
        ending = true;
        LockSupport.unpark(test);
        try {
            awaitThreads();
            simulation.fireLasting();
            awaitThreads();
        } catch (Ending left) {
            if (!last.hasFailed()) {
                throw left;
            }
        }
    }

    private void awaitThreads() {
        while (simulation.hasAwaited()) {
            step();
        }
    }

    /// The body of the bubble's first thread: one call after the other.
    private void serve() {
        boolean interrupted = false;
        while (!ending) {
            Command<?> next = command;
            if (next == null || next.isOver()) {
                // A call may leave the flag to the next one; with it set there is no parking.
                interrupted |= Thread.interrupted();
                awaitsCall = true;
                LockSupport.park(this);
                awaitsCall = false;
            } else {
                if (interrupted) {
                    interrupted = false;
                    Thread.currentThread().interrupt();
                }
                next.run();
            }
        }
    }

    private void step() {
        awaitMonitors();
        simulation.admitHandedOver();
        Member next = simulation.schedule().next();
        if (next == null) {
            idle();
        } else {
            run(next);
        }
    }

    private void run(Member member) {
        if (++stepsWithoutTime > STEPS_WITHOUT_TIME) {
            throw new Ending(Ending.Kind.LIVELOCK, Standstill.livelock(simulation, STEPS_WITHOUT_TIME));
        }
        if (ending && ++stepsAfterTest > STEPS_AFTER_TEST) {
            throw new Ending(Ending.Kind.REMAINS, Standstill.goesOn(simulation));
        }
        member.submitted = false;
        running = member;
        readsInStep = 0;
        long before = steps;
        steps = before + 1; // the only writer
        member.task.run();
        running = null;
        simulation.trace().ran(member.ordinal, simulation.takePoints());
        ensureInside();
        if (!member.thread.isAlive()) {
            simulation.forget(member);
        } else if (Simulation.MONITORS.isAtMonitor(member.thread)) {
            atMonitors.add(member);
        }
    }

    private void ensureInside() {
        if (stopped != null) {
            throw stopped;
        }
        Ending left = simulation.boundary().left();
        if (left != null) {
            throw left;
        }
    }

    /// Waits until no monitor is on its way to a thread; the JDK's own thread carries it, in no time.
    @SuppressWarnings("ThreadPriorityCheck") // on few cores the other thread may need this one
    private void awaitMonitors() {
        if (atMonitors.isEmpty()) {
            return;
        }
        for (int i = atMonitors.size() - 1; i >= 0; i--) {
            Member member = atMonitors.get(i);
            for (int spins = 0; Simulation.MONITORS.isPending(member); spins++) {
                if (spins < 64) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
            if (member.submitted || !Simulation.MONITORS.isAtMonitor(member.thread)) {
                atMonitors.remove(i);
            }
        }
    }

    private void idle() {
        if (simulation.boundary().awaitOutside() || simulation.admitWoken()) {
            ensureInside();
            simulation.admitWoken();
            return;
        }
        if (simulation.releaseSettlers()) {
            return;
        }
        Timer<?> first = simulation.timers().peek();
        if (first == null) {
            if (simulation.boundary().awaitLastMinute()) {
                return;
            }
            throw ending
                    ? new Ending(Ending.Kind.REMAINS, Standstill.remains(simulation))
                    : new Ending(Ending.Kind.DEADLOCK, Standstill.deadlock(simulation));
        }
        jumpTo(first.at());
    }

    /// Fires all that is due then, so that the schedule can choose among the threads that wake at one moment.
    private void jumpTo(long moment) {
        stepsWithoutTime = 0;
        simulation.clock().advanceTo(moment);
        simulation.trace().jumped(moment);
        for (Timer<?> timer = simulation.timers().peek();
                timer != null && timer.at() <= moment;
                timer = simulation.timers().peek()) {
            simulation.timers().poll();
            timer.fire();
        }
    }

    /// Where the code has no yield points, nothing else ends a loop that waits for the clock.
    void clockRead() {
        Member reader = running;
        if (reader != null && ++readsInStep > READS_WITHOUT_WAIT) {
            Ending ending = new Ending(
                    Ending.Kind.LIVELOCK,
                    reader + " has read the clock " + READS_WITHOUT_WAIT + " times without a wait, while it stands at "
                            + simulation.clock() + "; wait by sleeping, not by reading the clock");
            stopped = ending;
            throw ending;
        }
    }

    boolean isEnding() {
        return ending;
    }

    @Nullable
    Thread test() {
        return test;
    }
}
