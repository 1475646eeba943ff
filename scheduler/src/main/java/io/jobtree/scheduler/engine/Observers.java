package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SpawnRefusal;
import io.jobtree.scheduler.platform.Carried;
import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.platform.PollingLock;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Calls observers, and keeps what they throw away from jobs: it is logged once per observer.
public final class Observers {
    /// What is installed by somebody, then what is found by itself: that may leave jobs to the others.
    /// Another list at each change.
    private static volatile List<Entry> installed = List.of();

    /// Whoever has it changes a list.
    private static final PollingLock LOCK = new PollingLock();

    /// How many of those on the class path may be broken, before the others are not looked for any more.
    private static final int MOST_BROKEN = 100;

    /// How many were found. Written once, before anything else is installed.
    private static int found;

    /// Those that have thrown. By identity: an observer's own equals and hashCode may throw too.
    private static final List<WeakReference<JobObserver>> REPORTED = new CopyOnWriteArrayList<>();

    /// Whether a class of observers has a `schedulerClosed` of its own.
    private static final ClassValue<Boolean> HEARS_OF_CLOSE = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                return !type.getMethod("schedulerClosed", Scheduler.class)
                        .getDeclaringClass()
                        .equals(JobObserver.class);
            } catch (ReflectiveOperationException | LinkageError unknown) {
                return true;
            }
        }
    };

    private Observers() {}

    static {
        if (!"false".equals(System.getProperty("jobtree.observers.autoload"))) {
            loadServices();
        }
    }

    /// Installs what is on the class path or module path, for good. One that is broken leaves the others alone.
    private static void loadServices() {
        var services = ServiceLoader.load(JobObserver.class, JobObserver.class.getClassLoader())
                .iterator();
        for (int broken = 0; broken < MOST_BROKEN; ) {
            try {
                if (!services.hasNext()) {
                    return;
                }
                add(found, new Entry(services.next()));
                found++;
            } catch (ServiceConfigurationError | LinkageError | RuntimeException thrown) {
                Log.log(Level.ERROR, "A JobObserver service could not be loaded; jobs go on without it", thrown);
                broken++;
            }
        }
    }

    /// See [JobObserver#install].
    ///
    /// @param observer the observer
    /// @return removes it when closed
    public static JobObserver.Installation install(JobObserver observer) {
        Objects.requireNonNull(observer, "observer");
        var entry = new Entry(observer);
        try (var _ = LOCK.lock()) {
            add(installed.size() - found, entry);
        }
        return () -> remove(entry);
    }

    private static void add(int index, Entry entry) {
        var more = new ArrayList<>(installed);
        more.add(index, entry);
        installed = List.copyOf(more);
    }

    private static void remove(Entry entry) {
        try (var _ = LOCK.lock()) {
            var fewer = new ArrayList<>(installed);
            fewer.remove(entry);
            installed = List.copyOf(fewer);
        }
    }

    static void opened(RootScope root) {
        each(root.observers, observer -> observer.schedulerOpened(root.scheduler()));
    }

    static void closed(RootScope root) {
        each(root.observers, observer -> observer.schedulerClosed(root.scheduler()));
    }

    /// Whether one of them has something to do when a scheduler is closed: that costs a close another thread.
    static boolean hearOfClose(List<Entry> own) {
        return isAnyHearerOfClose(own) || isAnyHearerOfClose(installed);
    }

    private static boolean isAnyHearerOfClose(List<Entry> entries) {
        return !entries.isEmpty() && entries.stream().anyMatch(entry -> HEARS_OF_CLOSE.get(entry.observer.getClass()));
    }

    /// Whether one of them wants to hear of a job that is spawned now.
    static boolean isAnyEnabled(List<Entry> own) {
        return isAnyOf(own) || isAnyOf(installed);
    }

    // By index, in these two: an iterator is not always optimized away.
    private static boolean isAnyOf(List<Entry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            if (isEnabled(entries.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEnabled(Entry entry) {
        try {
            return entry.observer.isEnabled();
        } catch (Throwable thrown) {
            complain(entry, thrown);
            return false;
        }
    }

    /// Asks the observers what they want to hear about the job.
    static void spawned(JobImpl<?> job, List<Entry> own, @Nullable Carried<?> carried) {
        ask(own, job, carried);
        ask(installed, job, carried);
    }

    // No lambda and no array here: a job whose observers want to hear nothing costs nothing. An observation may have
    // an equals that throws.
    @SuppressWarnings("ReferenceEquality")
    private static void ask(List<Entry> entries, JobImpl<?> job, @Nullable Carried<?> carried) {
        if (entries.isEmpty()) {
            return;
        }
        var parent = job.parentOrCaller();
        var above = parent == null ? null : parent.observation();
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            if (!isEnabled(entry)) {
                continue;
            }
            try {
                var observation = entry.observer.spawned(job, above == null ? Optional.empty() : above.by(entry));
                if (observation == null) {
                    throw new NullPointerException("spawned gave null; give JobObservation.NONE instead");
                }
                if (observation != JobObservation.NONE) {
                    job.addObservation(entry, observation, carried);
                }
            } catch (Throwable thrown) {
                complain(entry, thrown);
            }
        }
    }

    /// A spawn gives no job.
    static void refused(Scope scope, @Nullable Object label, SpawnRefusal.Reason reason) {
        var own = scope.root().observers;
        if (!own.isEmpty() || !installed.isEmpty()) {
            var where = scope instanceof BranchScope branch ? branch : scope.scheduler();
            var refusal = new SpawnRefusal(where, JobImpl.options(label), reason);
            Notifying.of(scope.root(), () -> each(own, observer -> observer.refused(refusal)));
        }
    }

    /// Runs something that belongs to a job, with what observers have around its body.
    static void within(@Nullable Observation observed, Runnable code) {
        if (observed == null) {
            code.run();
        } else {
            observed.within(code);
        }
    }

    private static void each(List<Entry> own, Consumer<JobObserver> call) {
        callAll(own, call);
        callAll(installed, call);
    }

    /// Throws nothing, and so is not called again. By index: an iterator needs memory.
    private static void callAll(List<Entry> entries, Consumer<JobObserver> call) {
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            guard(entry, entry.observer, call);
        }
    }

    private static <T> void guard(Entry entry, T called, Consumer<T> call) {
        try {
            call.accept(called);
        } catch (Throwable thrown) {
            complain(entry, thrown);
        }
    }

    /// Whoever called it goes on with the next one, also where there is no memory to say so.
    private static void complain(Entry entry, Throwable thrown) {
        try {
            if (isFirst(entry.observer)) {
                var what = " threw; jobs go on, and what it throws later is not logged again";
                Log.logAbout(
                        Level.ERROR, "Job observer ", entry.observer.getClass().getName(), what, thrown);
            }
        } catch (Throwable noMemory) {
            // Those after it are to hear all the same.
        }
    }

    private static boolean isFirst(JobObserver thrower) {
        if (isReported(thrower)) {
            return false;
        }
        try (var _ = LOCK.lock()) {
            REPORTED.removeIf(reported -> reported.refersTo(null));
            return !isReported(thrower) && REPORTED.add(new WeakReference<>(thrower));
        }
    }

    private static boolean isReported(JobObserver thrower) {
        for (var reported : REPORTED) {
            if (reported.refersTo(thrower)) {
                return true;
            }
        }
        return false;
    }

    /// An observer where it is listed: the same one may be there twice.
    static final class Entry {
        final JobObserver observer;

        Entry(JobObserver observer) {
            this.observer = observer;
        }
    }

    /// What the observers of one job hear, the last one that was notified of the job first.
    record Observation(
            Entry entry,
            JobObservation observation,
            @Nullable Observation earlier) {
        /// What the given observer keeps of the job.
        Optional<JobObservation> by(Entry given) {
            for (var one = this; one != null; one = one.earlier) {
                if (one.entry == given) {
                    return Optional.of(one.observation);
                }
            }
            return Optional.empty();
        }

        void starting() {
            if (earlier != null) {
                earlier.starting();
            }
            call(JobObservation::starting);
        }

        Notice stopped() {
            return new Notice(this, JobObservation::stopped);
        }

        Notice unobserved(Throwable failure) {
            return new Notice(this, one -> one.unobserved(failure));
        }

        Notice cancelling(Outcome.Cancelled<?> request) {
            return new Notice(this, one -> one.cancelling(request.reason(), request.origin()));
        }

        Notice ended(Outcome<?> outcome) {
            return new Notice(this, one -> one.ended(outcome));
        }

        /// An interrupt that the hook leaves is neither the body's nor another hook's.
        private void call(Consumer<JobObservation> hook) {
            guard(entry, observation, hook);
            Thread.interrupted();
        }

        /// Runs the code with what each of them has around the body; whatever they do, the code runs.
        void within(Runnable code) {
            if (earlier == null) {
                surround(code);
            } else {
                earlier.within(() -> surround(code));
            }
        }

        private void surround(Runnable code) {
            var current = makeCurrent();
            try {
                code.run();
            } finally {
                end(current);
            }
        }

        private @Nullable AutoCloseable makeCurrent() {
            try {
                return Objects.requireNonNull(observation.makeCurrent(), "makeCurrent gave null");
            } catch (Throwable thrown) {
                complain(entry, thrown);
                return null;
            } finally {
                Thread.interrupted();
            }
        }

        private void end(@Nullable AutoCloseable current) {
            try {
                if (current != null) {
                    current.close();
                }
            } catch (Throwable thrown) {
                complain(entry, thrown);
            } finally {
                Thread.interrupted();
            }
        }
    }

    /// A hook of all observers of a job. Where it is run again, for want of memory around it, nobody is called twice.
    static final class Notice implements Runnable {
        private final Consumer<JobObservation> hook;
        private @Nullable Observation next;
        private boolean begun;

        private Notice(Observation first, Consumer<JobObservation> hook) {
            this.next = first;
            this.hook = hook;
        }

        @Override
        public void run() {
            begun = true;
            for (var one = next; one != null; one = next) {
                next = one.earlier;
                one.call(hook);
            }
        }

        boolean hasBegun() {
            return begun;
        }
    }
}
