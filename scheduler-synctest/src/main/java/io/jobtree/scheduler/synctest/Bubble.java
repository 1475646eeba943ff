package io.jobtree.scheduler.synctest;

import io.jobtree.scheduler.synctest.agent.Agent;
import io.jobtree.scheduler.synctest.runtime.Plan;
import io.jobtree.scheduler.synctest.runtime.Simulation;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// Runs code in virtual time, under one schedule of its threads.
///
/// ```java
/// Bubble.run(6, () -> {
///     var started = Instant.now();
///     Thread.sleep(Duration.ofHours(2));   // no real time
///     assertEquals(Duration.ofHours(2), Duration.between(started, Instant.now()));
/// });
/// ```
///
/// The body runs on a virtual thread, and with it, one at a time, the virtual threads that it starts, those that they
/// start, and so on: the bubble. When all of them wait, the clock jumps to the first moment at which one goes on. Which
/// of several that can run is next is drawn with the seed: the same seed, the same run.
///
/// Not promised: that every race is found, effects of the memory model, seeds that hold over releases, I/O.
///
/// Experimental. Needs `-javaagent` with this module's own jar.
///
/// **Threads:** [#run] is for any thread outside of a bubble; bubbles may run at the same time. **Memory:** what the
/// caller did happens-before the body, and what the bubble's threads did before the return of [#run].
public final class Bubble {
    /// What a bubble's clock shows at first: 2000-01-01T00:00:00Z.
    public static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private Bubble() {}

    /// The code that runs in a bubble.
    @FunctionalInterface
    public interface Body {
        /// Runs it.
        ///
        /// @throws Exception which [Bubble#run] throws
        void run() throws Exception;
    }

    /// Runs the body in a bubble, under the schedule of the seed, with yield points in the body's package and below.
    ///
    /// @param <T> the type of the result
    /// @param seed of the schedule; the same seed runs the same schedule
    /// @param body what to run
    /// @return what the body returned
    /// @throws Exception what the body threw
    /// @throws BubbleError for a deadlock, what leaves the bubble, and threads that never end
    /// @throws IllegalStateException without the agent, on an unknown JDK, or in a bubble
    public static <T extends @Nullable Object> T run(long seed, Callable<T> body) throws Exception {
        Agent.ensureInstalled(); // before anything of the runtime is touched, which only the agent brings
        Plan plan = new Plan(seed, EPOCH, List.of(body.getClass().getPackageName()));
        return inSession(plan, body);
    }

    /// As [#run(long, Callable)], for a body without a result.
    ///
    /// @param seed of the schedule; the same seed runs the same schedule
    /// @param body what to run
    /// @throws Exception what the body threw
    public static void run(long seed, Body body) throws Exception {
        Agent.ensureInstalled();
        Plan plan = new Plan(seed, EPOCH, List.of(body.getClass().getPackageName()));
        inSession(plan, () -> {
            body.run();
            return null;
        });
    }

    private static <T extends @Nullable Object> T inSession(Plan plan, Callable<T> body) throws Exception {
        try {
            return Session.open(plan).run(body);
        } catch (Throwable failure) {
            throw Sneaky.rethrow(failure);
        }
    }

    /// Waits until all other threads of the bubble wait for each other, for a timer or for ever, while the clock
    /// stands.
    ///
    /// @throws IllegalStateException outside of a bubble
    public static void settle() {
        Agent.ensureInstalled();
        Simulation simulation = Simulation.current();
        if (simulation == null) {
            throw new IllegalStateException("Bubble.settle() is called outside of a bubble; call it in one");
        }
        simulation.settle();
    }

    /// Calls something that must be real, on a platform thread outside, while the bubble's clock stands.
    ///
    /// Other threads of the bubble go on until they wait. Outside of a bubble it is called as it is.
    ///
    /// @param <T> the type of the result
    /// @param body what to call
    /// @return what the body returned
    /// @throws Exception what the body threw
    public static <T extends @Nullable Object> T outside(Callable<T> body) throws Exception {
        Simulation simulation = Agent.refusal().isEmpty() ? Simulation.current() : null;
        return simulation == null ? body.call() : simulation.callOutside(body);
    }
}
