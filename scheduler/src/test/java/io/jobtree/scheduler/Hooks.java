package io.jobtree.scheduler;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// An observer made of what a test wants to do in each hook.
final class Hooks implements JobObserver {
    private Consumer<Job<?>> spawned = job -> {};
    private Consumer<Job<?>> starting = job -> {};
    private Consumer<Job<?>> stopped = job -> {};
    private BiConsumer<Job<?>, Outcome<?>> ended = (job, outcome) -> {};

    Hooks onSpawned(Consumer<Job<?>> hook) {
        spawned = hook;
        return this;
    }

    Hooks onStarting(Consumer<Job<?>> hook) {
        starting = hook;
        return this;
    }

    Hooks onStopped(Consumer<Job<?>> hook) {
        stopped = hook;
        return this;
    }

    Hooks onEnded(BiConsumer<Job<?>, Outcome<?>> hook) {
        ended = hook;
        return this;
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        spawned.accept(job);
        return new JobObservation() {
            @Override
            public void starting() {
                starting.accept(job);
            }

            @Override
            public void stopped() {
                stopped.accept(job);
            }

            @Override
            public void ended(Outcome<?> outcome) {
                ended.accept(job, outcome);
            }
        };
    }
}
