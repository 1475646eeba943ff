package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.otel.compat.Api;
import io.jobtree.scheduler.otel.semconv.Events;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.jobtree.scheduler.otel.semconv.Outcomes;
import io.jobtree.scheduler.text.Texts;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Log events of jobs that are not done: their spans go out at the end alone, and never where the process is
/// killed.
final class InFlight {

    private static final String EVENT = "an event of a running job";
    private static final int MAX_FRAMES = 32;
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final Logger logger;
    private final Hooks hooks;
    private final @Nullable Duration startedAfter;
    private final @Nullable Duration heartbeat;
    private final int max;
    private final RunningJobs running = new RunningJobs();
    private final Sweeper sweeper;

    InFlight(Settings settings, Logger logger, Hooks hooks) {
        this.logger = logger;
        this.hooks = hooks;
        this.startedAfter = settings.startedAfter;
        this.heartbeat = settings.heartbeat;
        this.max = settings.inFlightLimit;
        this.sweeper = new Sweeper(interval(), this);
    }

    private Duration interval() {
        var shortest = LONGEST;
        for (var given : Arrays.asList(startedAfter, heartbeat)) {
            if (given != null && given.dividedBy(2).compareTo(shortest) < 0) {
                shortest = given.dividedBy(2);
            }
        }
        return shortest.compareTo(SHORTEST) < 0 ? SHORTEST : shortest;
    }

    boolean isEnabled() {
        return (startedAfter != null || heartbeat != null) && Api.isEnabled(logger);
    }

    RunningJobs running() {
        return running;
    }

    void add(ObservedJob job) {
        running.add(job.id(), job);
        sweeper.wake();
    }

    void remove(ObservedJob job) {
        running.remove(job.id(), job);
    }

    boolean areAnyRunning() {
        var any = new AtomicBoolean();
        running.forEach(_ -> any.set(true));
        return any.get();
    }

    void close() {
        sweeper.close();
    }

    /// Looks at all running jobs, and gives how many there are.
    int sweep() {
        long now = System.nanoTime();
        var count = new AtomicInteger();
        var unannounced = new Oldest(max);
        var oldest = new Oldest(max);
        running.forEach(job -> {
            count.incrementAndGet();
            if (startedAfter != null && !job.isAnnounced() && job.hasRunFor(startedAfter, now)) {
                unannounced.add(job);
            }
            if (heartbeat != null && job.hasRunFor(heartbeat, now)) {
                oldest.add(job);
            }
        });
        if (Api.isEnabled(logger)) {
            // What a logger throws at the event of one job costs no other its own.
            unannounced.inOrder().forEach(job -> hooks.guard(EVENT, () -> announce(job)));
            oldest.inOrder().forEach(job -> hooks.guard(EVENT, () -> beat(job, now)));
        }
        return count.get();
    }

    void failed(Throwable thrown) {
        hooks.failed(EVENT, thrown);
    }

    private void announce(ObservedJob job) {
        job.announced();
        var event = event(job, Events.STARTED, Severity.INFO);
        event.setAttribute(Keys.STARTED_AT, job.startedAt().toString());
        var parent = job.parentSpan();
        if (parent.isValid()) {
            event.setAttribute(Keys.PARENT_SPAN, parent.getSpanId());
        }
        job.job().options().tags().forEach((key, value) -> event.setAttribute(Keys.ofUserInEvent(key), value));
        event.setBody(printable(job) + " started " + elapsed(job) + " ago and is not done")
                .emit();
    }

    private void beat(ObservedJob job, long now) {
        if (heartbeat == null || job.job().isDone() || !job.beats(heartbeat, now)) {
            return;
        }
        var event = event(job, Events.HEARTBEAT, Severity.INFO);
        job.job().thread().ifPresent(thread -> event.setAttribute(Keys.STACK, text(thread.getStackTrace())));
        event.setBody(printable(job) + " has been running for " + elapsed(job)).emit();
    }

    /// A job outlived the close of its scheduler.
    ///
    /// @param stack where it stands
    void straggler(ObservedJob job, Throwable stack) {
        hooks.guard(
                EVENT,
                () -> event(job, Events.STRAGGLER, Severity.ERROR)
                        .setAttribute(Keys.STACK, text(stack.getStackTrace()))
                        .setBody(String.valueOf(stack.getMessage()))
                        .emit());
    }

    private LogRecordBuilder event(ObservedJob observed, String name, Severity severity) {
        Job<?> job = observed.job();
        var event = logger.logRecordBuilder()
                .setContext(observed.context())
                .setSeverity(severity)
                .setAttribute(Keys.ID, job.id())
                .setAttribute(Keys.NAME, observed.name())
                .setAttribute(Keys.PATH, job.path())
                .setAttribute(Keys.SCHEDULER, job.scheduler().name())
                .setAttribute(Keys.STATE, Outcomes.word(job.state()))
                .setAttribute(Keys.ELAPSED, Keys.seconds(observed.elapsedNanos()));
        return Api.setEventName(event, name);
    }

    private static String printable(ObservedJob job) {
        return Texts.printable(job.job().path());
    }

    private static String elapsed(ObservedJob job) {
        return Math.round(Keys.seconds(job.elapsedNanos()) * 10) / 10.0 + " s";
    }

    private static String text(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .limit(MAX_FRAMES)
                .map(frame -> "\tat " + frame)
                .collect(Collectors.joining("\n"));
    }

    /// Keeps the oldest of many.
    private static final class Oldest {
        // By difference, since the clock may be negative and overflow.
        private static final Comparator<ObservedJob> OLDEST_FIRST =
                (one, other) -> Long.signum(one.startedNanos() - other.startedNanos());

        private final int max;
        private final PriorityQueue<ObservedJob> youngestFirst = new PriorityQueue<>(OLDEST_FIRST.reversed());

        Oldest(int max) {
            this.max = max;
        }

        void add(ObservedJob job) {
            youngestFirst.add(job);
            if (youngestFirst.size() > max) {
                youngestFirst.remove();
            }
        }

        List<ObservedJob> inOrder() {
            var all = new ArrayList<>(youngestFirst);
            all.sort(OLDEST_FIRST);
            return all;
        }
    }
}
