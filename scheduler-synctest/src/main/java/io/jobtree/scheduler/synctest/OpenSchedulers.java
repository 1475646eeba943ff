package io.jobtree.scheduler.synctest;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Jobtree's schedulers, where Jobtree is there: by reflection, since this module depends on no other.
final class OpenSchedulers {
    private static final String SCHEDULER = "io.jobtree.scheduler.Scheduler";

    private final List<Object> before;

    /// Opened since then, and given to the test as parameters.
    private final List<Object> given = new ArrayList<>();

    private OpenSchedulers(List<Object> before) {
        this.before = before;
    }

    static OpenSchedulers now() {
        return new OpenSchedulers(all());
    }

    /// Notes those that the test has as parameters. Their threads are the bubble's, so they end with it, and are not
    /// the test's to close.
    void give(List<? extends @Nullable Object> arguments) {
        List<Object> open = all();
        open.removeAll(before);
        for (Object scheduler : open) {
            if (arguments.contains(scheduler) && !given.contains(scheduler)) {
                given.add(scheduler);
            }
        }
    }

    /// Whether one of these is a scheduler, open or closed.
    static boolean areAmong(List<? extends @Nullable Object> arguments) {
        return arguments.stream()
                .anyMatch(argument ->
                        argument != null && argument.getClass().getName().equals(SCHEDULER));
    }

    /// In the bubble, when the test is over: closes those that it was given, and fails where it leaves others open, or
    /// jobs in these.
    void endAfterTest() {
        if (!given.isEmpty()) {
            // What a job has still to do once it was joined.
            Bubble.settle();
        }
        List<Object> left = all();
        left.removeAll(before);
        left.removeIf(scheduler ->
                given.contains(scheduler) && call(scheduler, "jobs") instanceof Collection<?> jobs && jobs.isEmpty());
        StringBuilder text = new StringBuilder("The test leaves open");
        for (Object scheduler : left) {
            text.append("\n  ").append(call(scheduler, "tree").toString().replace("\n", "\n  "));
        }
        closeGiven();
        if (!left.isEmpty()) {
            throw new LeftoverError(
                    text + "\n  close each in the test; one that is a parameter closes once its jobs are done");
        }
    }

    /// In the bubble. Cancels what they still run.
    void closeGiven() {
        for (Object scheduler : given) {
            try {
                scheduler.getClass().getMethod("close", Duration.class).invoke(scheduler, Duration.ZERO);
            } catch (ReflectiveOperationException otherVersion) {
                // It is said to be open, then.
            }
        }
    }

    private static List<Object> all() {
        try {
            Class<?> type =
                    Class.forName(SCHEDULER, false, Thread.currentThread().getContextClassLoader());
            return new ArrayList<>((Collection<?>) type.getMethod("all").invoke(null));
        } catch (ReflectiveOperationException | LinkageError noJobtree) {
            return new ArrayList<>();
        }
    }

    private static Object call(Object scheduler, String name) {
        try {
            Method method = scheduler.getClass().getMethod(name);
            return method.invoke(scheduler);
        } catch (ReflectiveOperationException otherVersion) {
            return scheduler;
        }
    }
}
