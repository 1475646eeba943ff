package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.platform.Checks;
import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Timers;
import io.jobtree.scheduler.text.Texts;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Warns of limits that are full, have pending jobs, and have started none for a while: most often their places
/// are held by jobs that wait for something that Jobtree cannot see.
///
/// It looks from time to time while jobs are pending, and costs little else: a gate notes that a new job
/// has got a place ([Gate#starts]). Which jobs wait makes no difference, as they may time out or be
/// cancelled before they start. Where none waits at a look, the time is counted anew.
final class StallWatch {
    private static final int LOOKS = 4;

    /// A look costs time for each pending job.
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final int MOST_HOLDERS = 10;

    /// A timer of its own for each scheduler whose limit is full for a moment would cost more than a hundred jobs.
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /// Those that have begun since the last tick, and have not ended.
    private static final Set<StallWatch> BEGUN = ConcurrentHashMap.newKeySet();

    private static final AtomicBoolean TICKING = new AtomicBoolean();

    private static final VarHandle LOOKING = Handles.of(MethodHandles.lookup(), "looking", boolean.class);

    private final RootScope scheduler;
    private final Duration patience;
    private volatile boolean looking;
    private volatile @Nullable Future<?> next;
    private volatile boolean ended;

    /// What was seen at each full limit; by the one thread that looks.
    private Map<Gate, Seen> seen = Map.of();

    /// A full limit with pending jobs, and when it was seen first since its last start.
    private record Seen(long starts, long since) {}

    StallWatch(RootScope scheduler, Duration patience) {
        this.scheduler = scheduler;
        this.patience = patience;
    }

    /// To be called when a job has to wait.
    void begin() {
        if (!looking && LOOKING.compareAndSet(this, false, true)) {
            try {
                BEGUN.add(this);
                startTicking();
            } catch (Throwable noMemory) {
                leave();
                looking = false;
            }
        }
    }

    private static void startTicking() {
        if (!TICKING.get() && TICKING.compareAndSet(false, true)) {
            try {
                var _ = Timers.after(TICK_NANOS, StallWatch::tick);
            } catch (Throwable noMemory) {
                TICKING.set(false);
                throw noMemory;
            }
        }
    }

    private static void tick() {
        // First: who finds this ticking has been added before. Another tick may come while this one goes on.
        TICKING.set(false);
        BEGUN.forEach(watch -> {
            if (BEGUN.remove(watch)) {
                watch.lookLater();
            }
        });
    }

    /// The scheduler is closed.
    void end() {
        ended = true;
        leave();
        var look = next;
        if (look != null) {
            look.cancel(false);
        }
    }

    private void leave() {
        try {
            BEGUN.remove(this);
        } catch (OutOfMemoryError noMemory) {
            // It is out: that set counts after it has removed.
        }
    }

    /// On the thread of a timeout. Nobody else would: so this is tried until there is memory.
    private void lookLater() {
        long nanos = Math.clamp(Checks.nanos(patience) / LOOKS, LEAST_NANOS, MOST_NANOS);
        while (!ended) {
            try {
                next = Timers.after(nanos, this::look);
                break;
            } catch (OutOfMemoryError noMemory) {
                Retry.rest();
            }
        }
        if (ended) {
            end();
        }
    }

    private void look() {
        if (ended) {
            return;
        }
        var now = new HashMap<Gate, Seen>();
        var holders = new Holders();
        scheduler.eachBelow(job -> note(job, now, holders));
        seen = now;
        if (!now.isEmpty()) {
            lookLater();
            return;
        }
        looking = false;
        // One that came meanwhile has found this looking.
        if (scheduler.anyBelow(job -> Places.missing(job) != null)) {
            begin();
        }
    }

    private void note(JobImpl<?> job, Map<Gate, Seen> now, Holders holders) {
        var gate = Places.missing(job);
        if (gate == null || now.containsKey(gate)) {
            return;
        }
        var first = gate.firstPending();
        if (first == null) {
            return;
        }
        var before = seen.get(gate);
        long starts = gate.starts();
        var current = before != null && before.starts == starts ? before : new Seen(starts, System.nanoTime());
        now.put(gate, current);
        long age = System.nanoTime() - current.since;
        if (age >= Checks.nanos(patience) && gate.tryReportStall(starts)) {
            try {
                var message = message(gate, first, age, holders.of(gate, first.scope()));
                var _ = scheduler.callBeside("reporter", () -> Log.log(Level.WARNING, message, null));
            } catch (Throwable noMemory) {
                // It is looked again then.
                gate.takeReportBack();
                throw noMemory;
            }
        }
    }

    private static String message(Gate gate, JobImpl<?> first, long age, List<JobImpl<?>> holders) {
        int waiting = gate.waiting();
        var text = new StringBuilder(title(gate))
                .append(" is full and has started no job for ")
                .append(Texts.duration(Duration.ofNanos(age)))
                .append("; ")
                .append(waiting)
                .append(waiting == 1 ? " job waits, " : " jobs wait, the first is ")
                .append(first)
                .append(". Its places are held by");
        holders.stream()
                .limit(MOST_HOLDERS)
                .forEach(holder -> text.append("\n  ")
                        .append(holder)
                        .append(", ")
                        .append(Texts.duration(holder.age()))
                        .append(" after it was spawned")
                        .append(where(holder.runner())));
        if (holders.size() > MOST_HOLDERS) {
            text.append("\n  and ").append(holders.size() - MOST_HOLDERS).append(" more");
        }
        return text.append("\nA job gives its place up while it waits in join, await, awaitIdle or Job.blocking")
                .toString();
    }

    private static String title(Gate gate) {
        return gate.owner instanceof Limit limit
                ? limit.toString()
                : "The limit of '" + Texts.printable(gate.name()) + "', " + gate + ",";
    }

    private static String where(@Nullable Thread thread) {
        var text = new StringBuilder();
        if (thread != null) {
            int shown = 0;
            for (var frame : thread.getStackTrace()) {
                if (isOurs(frame)) {
                    break;
                }
                // The JDK's own innermost frames say little; the first of the body say most.
                if (shown < 1 || !frame.getClassName().startsWith("java.")) {
                    text.append(shown == 0 ? ", at " : ", ").append(frame);
                    if (++shown == 4) {
                        break;
                    }
                }
            }
        }
        return text.toString();
    }

    private static boolean isOurs(StackTraceElement frame) {
        return frame.getClassName().equals(JobImpl.class.getName());
    }
}
