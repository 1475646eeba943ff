package io.jobtree.scheduler.synctest;

import io.jobtree.scheduler.synctest.agent.Agent;
import io.jobtree.scheduler.synctest.runtime.Driver;
import io.jobtree.scheduler.synctest.runtime.Ending;
import io.jobtree.scheduler.synctest.runtime.Plan;
import io.jobtree.scheduler.synctest.runtime.Simulation;
import io.jobtree.scheduler.synctest.runtime.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// One bubble, from its opening to its end, and the errors that a user sees.
final class Session {
    private final Driver driver;
    private final OpenSchedulers schedulers;
    private boolean failed;

    private Session(Driver driver, OpenSchedulers schedulers) {
        this.driver = driver;
        this.schedulers = schedulers;
    }

    static Session open(Plan plan) {
        return open(plan, OpenSchedulers.now());
    }

    /// @param schedulers those before the test
    static Session open(Plan plan, OpenSchedulers schedulers) {
        Agent.addPoints(plan.packages());
        return new Session(Simulation.open(plan), schedulers);
    }

    /// Notes what the test has as parameters.
    void give(List<? extends @Nullable Object> arguments) {
        schedulers.give(arguments);
    }

    /// Runs the body as the whole of a bubble.
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // null exactly where the body returned it
    <T extends @Nullable Object> T run(Callable<T> body) throws Throwable {
        try {
            return driver.callLast(() -> {
                T value = body.call();
                schedulers.endAfterTest();
                return value;
            });
        } catch (Ending ending) {
            throw asError(ending);
        }
    }

    /// Runs the body as a part of it.
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // null exactly where the body returned it
    <T extends @Nullable Object> T call(Callable<T> body) throws Throwable {
        boolean done = false;
        try {
            T value = driver.call(body);
            done = true;
            return value;
        } catch (Ending ending) {
            throw asError(ending);
        } finally {
            failed |= !done;
        }
    }

    /// Ends it; fails for what the test has left, unless that failed.
    void close() throws Throwable {
        if (driver.isOver()) {
            return;
        }
        try {
            driver.callLast(() -> {
                if (failed) {
                    schedulers.closeGiven();
                } else {
                    schedulers.endAfterTest();
                }
                return null;
            });
        } catch (Ending ending) {
            if (!failed) {
                throw asError(ending);
            }
        }
    }

    /// Whether nothing can run in it any more.
    boolean isOver() {
        return driver.isOver();
    }

    Trace trace() {
        return driver.trace();
    }

    private static BubbleError asError(Ending ending) {
        BubbleError error = switch (ending.kind()) {
            case DEADLOCK, LIVELOCK -> new DeadlockError(ending.message());
            case LEFT -> new LeftBubbleError(ending.message());
            case REMAINS -> new LeftoverError(ending.message());
        };
        String runtime = Ending.class.getPackageName() + ".";
        error.setStackTrace(
                ending.kind() == Ending.Kind.LEFT
                        ? Arrays.stream(ending.getStackTrace())
                                .filter(frame -> !frame.getClassName().startsWith(runtime))
                                .toArray(StackTraceElement[]::new)
                        : new StackTraceElement[0]);
        return error;
    }
}
