package io.jobtree.scheduler;

import io.jobtree.scheduler.platform.Carried;
import io.jobtree.scheduler.platform.Checks;
import io.jobtree.scheduler.text.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// How a scheduler is to be opened. Immutable: each `with` method gives a changed copy.
///
/// ```java
/// Scheduler.open(SchedulerOptions.named("orders").withLimit(20).withCloseTimeout(Duration.ofSeconds(2)));
/// ```
public final class SchedulerOptions {
    private static final int NONE = 0;
    private static final Duration EXIT_WAIT = Duration.ofSeconds(10);

    /// Not changed any more.
    private final Draft values;

    private SchedulerOptions(Draft values) {
        this.values = values;
    }

    /// Options with a name, and defaults: limit 100, pending limit 10,000, wait timeout 60 s, close
    /// timeout 5 s, failures logged at ERROR, no observers, nothing carried, not closed at exit, a warning
    /// of a limit that stands still for 60 s.
    ///
    /// @param name the scheduler's name; need not be unique
    /// @return the options
    /// @throws IllegalArgumentException if the name is blank
    public static SchedulerOptions named(String name) {
        return new SchedulerOptions(new Draft(Checks.name(name)));
    }

    /// Names the scheduler.
    ///
    /// @param name the scheduler's name; need not be unique
    /// @return a changed copy
    /// @throws IllegalArgumentException if the name is blank
    public SchedulerOptions withName(String name) {
        var draft = new Draft(values);
        draft.name = Checks.name(name);
        return new SchedulerOptions(draft);
    }

    /// Limits how many jobs of the scheduler's own scope run at once. The default is 100.
    ///
    /// @param limit how many
    /// @return a changed copy
    /// @throws IllegalArgumentException if the limit is not positive
    public SchedulerOptions withLimit(int limit) {
        var draft = new Draft(values);
        draft.limit = Checks.positive(limit, "limit");
        return new SchedulerOptions(draft);
    }

    /// Lets any number of jobs run at once.
    ///
    /// @return a changed copy
    public SchedulerOptions withoutLimit() {
        var draft = new Draft(values);
        draft.limit = NONE;
        return new SchedulerOptions(draft);
    }

    /// Limits how many jobs may be pending; at the limit, `spawn` waits. The default is 10,000. With
    /// observers there may be more, by as many as there are threads that spawn at the same time: a job that
    /// found a place free does not hold it while its observers are notified, and may then have to be
    /// pending after all.
    ///
    /// Jobs count that wait for a place of this scheduler's own limit. Those that have it, and wait for one of a
    /// shared [Limit], are bounded by [#withLimit].
    ///
    /// @param pendingLimit how many
    /// @return a changed copy
    /// @throws IllegalArgumentException if the limit is not positive
    public SchedulerOptions withPendingLimit(int pendingLimit) {
        var draft = new Draft(values);
        draft.pendingLimit = Checks.positive(pendingLimit, "pendingLimit");
        return new SchedulerOptions(draft);
    }

    /// Lets any number of jobs be pending.
    ///
    /// @return a changed copy
    public SchedulerOptions withoutPendingLimit() {
        var draft = new Draft(values);
        draft.pendingLimit = NONE;
        return new SchedulerOptions(draft);
    }

    /// Sets how long `close()` waits for jobs before it cancels them. The default is 60 s.
    ///
    /// @param waitTimeout how long; zero cancels at once
    /// @return a changed copy
    /// @throws IllegalArgumentException if the timeout is negative
    public SchedulerOptions withWaitTimeout(Duration waitTimeout) {
        var draft = new Draft(values);
        draft.waitTimeout = Checks.notNegative(waitTimeout, "waitTimeout");
        return new SchedulerOptions(draft);
    }

    /// Sets how long `close` waits for cancelled jobs to end before it reports them, and, once all have
    /// ended, for the failure handler to return. The default is 5 s.
    ///
    /// @param closeTimeout how long
    /// @return a changed copy
    /// @throws IllegalArgumentException if the timeout is negative
    public SchedulerOptions withCloseTimeout(Duration closeTimeout) {
        var draft = new Draft(values);
        draft.closeTimeout = Checks.notNegative(closeTimeout, "closeTimeout");
        return new SchedulerOptions(draft);
    }

    /// Sets what is called for failures that nobody else owns. The default logs them at ERROR.
    ///
    /// @param failureHandler the handler
    /// @return a changed copy
    public SchedulerOptions withFailureHandler(FailureHandler failureHandler) {
        var draft = new Draft(values);
        draft.failureHandler = Objects.requireNonNull(failureHandler, "failureHandler");
        return new SchedulerOptions(draft);
    }

    /// Adds an observer of this scheduler and its jobs.
    ///
    /// @param observer the observer
    /// @return a changed copy, which has this one after those it had before
    public SchedulerOptions withObserver(JobObserver observer) {
        Objects.requireNonNull(observer, "observer");
        var draft = new Draft(values);
        var more = new ArrayList<>(draft.observers);
        more.add(observer);
        draft.observers = List.copyOf(more);
        return new SchedulerOptions(draft);
    }

    /// Carries the bindings that the opening thread has when it opens the scheduler to every job. They are held
    /// until it is closed, and so is the thread's context class loader: a scheduler that one of them leads to is
    /// not collected when it is dropped.
    ///
    /// @param values the scoped values; one that is not bound then is left out
    /// @return a changed copy, which carries these besides those it carried before
    public SchedulerOptions withCarried(ScopedValue<?>... values) {
        var draft = new Draft(this.values);
        draft.carried = Carried.append(draft.carried, values);
        return new SchedulerOptions(draft);
    }

    /// Sets whether a JVM shutdown hook closes the scheduler. The default is no. Jobs may go on by
    /// themselves for 10 s then, or for the wait timeout where that is shorter, before they are cancelled;
    /// [#withCloseOnExit(Duration)] sets another time.
    ///
    /// @param closeOnExit true to close it when the JVM exits
    /// @return a changed copy
    public SchedulerOptions withCloseOnExit(boolean closeOnExit) {
        var draft = new Draft(values);
        draft.closeOnExit = closeOnExit;
        return new SchedulerOptions(draft);
    }

    /// Has a JVM shutdown hook close the scheduler. Whatever is said here and in [#withCloseTimeout], it takes
    /// no more than 20 s in all: unless told otherwise, Kubernetes kills a process 30 s after it asked it
    /// to end. Docker gives 10 s: less is to be said here, or more there.
    ///
    /// @param wait how long jobs may go on by themselves then, before they are cancelled and given the
    ///     close timeout; zero cancels at once
    /// @return a changed copy
    /// @throws IllegalArgumentException if the wait is negative
    public SchedulerOptions withCloseOnExit(Duration wait) {
        var draft = new Draft(values);
        draft.exitWait = Checks.notNegative(wait, "wait");
        draft.closeOnExit = true;
        return new SchedulerOptions(draft);
    }

    /// Sets how long a limit may be full, have pending jobs and start none, before that is logged, once,
    /// with the jobs that hold its places. The default is 60 s.
    ///
    /// @param stallWarning how long
    /// @return a changed copy
    /// @throws IllegalArgumentException if the duration is not positive
    public SchedulerOptions withStallWarning(Duration stallWarning) {
        var draft = new Draft(values);
        draft.stallWarning = Checks.positive(stallWarning, "stallWarning");
        return new SchedulerOptions(draft);
    }

    /// Never logs that a limit stands still.
    ///
    /// @return a changed copy
    public SchedulerOptions withoutStallWarning() {
        var draft = new Draft(values);
        draft.stallWarning = null;
        return new SchedulerOptions(draft);
    }

    /// Lets the thread of a finished job take the next job of its scope that waits for a place or a thread
    /// instead of ending, which makes short jobs much cheaper. A job that waits keeps no other from starting.
    /// The default is a fresh thread for each job.
    ///
    /// The price: what a body leaves in thread-locals, a lock that it does not unlock and an uncaught-exception
    /// handler that it sets are there for the next body. Name, interrupt flag, context class loader and scoped
    /// values are each job's own.
    ///
    /// @return a changed copy
    public SchedulerOptions withThreadReuse() {
        var draft = new Draft(values);
        draft.threadReuse = true;
        return new SchedulerOptions(draft);
    }

    /// The scheduler's name.
    ///
    /// @return the name
    public String name() {
        return values.name;
    }

    /// How many jobs of the scheduler's own scope run at once.
    ///
    /// @return the limit; empty if there is none
    public OptionalInt limit() {
        return values.limit == NONE ? OptionalInt.empty() : OptionalInt.of(values.limit);
    }

    /// How many jobs may be pending.
    ///
    /// @return the limit; empty if there is none
    public OptionalInt pendingLimit() {
        return values.pendingLimit == NONE ? OptionalInt.empty() : OptionalInt.of(values.pendingLimit);
    }

    /// How long `close()` waits for jobs before it cancels them.
    ///
    /// @return the timeout
    public Duration waitTimeout() {
        return values.waitTimeout;
    }

    /// How long `close` waits for cancelled jobs to end.
    ///
    /// @return the timeout
    public Duration closeTimeout() {
        return values.closeTimeout;
    }

    /// What is called for failures that nobody else owns.
    ///
    /// @return the handler
    public FailureHandler failureHandler() {
        return values.failureHandler;
    }

    /// The observers of this scheduler alone.
    ///
    /// @return the observers, unmodifiable
    public List<JobObserver> observers() {
        return values.observers;
    }

    /// Whether a JVM shutdown hook closes the scheduler.
    ///
    /// @return true if one does
    public boolean closeOnExit() {
        return values.closeOnExit;
    }

    /// How long jobs may go on by themselves when a shutdown hook closes the scheduler: what was said, or 10 s,
    /// or [#waitTimeout] where that is shorter.
    ///
    /// @return the wait, which counts only with [#closeOnExit]
    public Duration exitWait() {
        if (values.exitWait != null) {
            return values.exitWait;
        }
        var most = values.waitTimeout;
        return most.compareTo(EXIT_WAIT) < 0 ? most : EXIT_WAIT;
    }

    /// How long a limit may stand still before that is logged.
    ///
    /// @return the duration; empty if it is never logged
    public Optional<Duration> stallWarning() {
        return Optional.ofNullable(values.stallWarning);
    }

    /// Whether the thread of a finished job takes the next pending job.
    ///
    /// @return true if it does
    public boolean threadReuse() {
        return values.threadReuse;
    }

    ScopedValue<?>[] carried() {
        return values.carried;
    }

    @Override
    public String toString() {
        return "SchedulerOptions[" + Texts.printable(values.name) + ", limit " + orNone(values.limit)
                + ", pendingLimit " + orNone(values.pendingLimit) + ", waitTimeout " + values.waitTimeout
                + ", closeTimeout " + values.closeTimeout + ']';
    }

    private static String orNone(int limit) {
        return limit == NONE ? "none" : String.valueOf(limit);
    }

    /// The options while one of them is being changed.
    private static final class Draft {
        private String name;
        private int limit = 100;
        private int pendingLimit = 10_000;
        private Duration waitTimeout = Duration.ofSeconds(60);
        private Duration closeTimeout = Duration.ofSeconds(5);
        private FailureHandler failureHandler = LoggingFailureHandler.INSTANCE;
        private List<JobObserver> observers = List.of();
        private ScopedValue<?>[] carried = new ScopedValue<?>[0];
        private boolean closeOnExit;
        private @Nullable Duration exitWait;
        private @Nullable Duration stallWarning = Duration.ofSeconds(60);
        private boolean threadReuse;

        Draft(String name) {
            this.name = name;
        }

        Draft(Draft before) {
            this.name = before.name;
            this.limit = before.limit;
            this.pendingLimit = before.pendingLimit;
            this.waitTimeout = before.waitTimeout;
            this.closeTimeout = before.closeTimeout;
            this.failureHandler = before.failureHandler;
            this.observers = before.observers;
            this.carried = before.carried;
            this.closeOnExit = before.closeOnExit;
            this.exitWait = before.exitWait;
            this.stallWarning = before.stallWarning;
            this.threadReuse = before.threadReuse;
        }
    }
}
