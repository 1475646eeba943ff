package io.jobtree.proof.faults;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// A small life of a scheduler, with one subject.
enum Life {
    TREE {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withoutLimit());
            trial.attempt(() -> trial.spawned(jobs.spawn("tree", scope -> {
                        trial.runs();
                        var child = trial.spawned(
                                scope.spawn("child", inner -> leaf(trial, inner).join()));
                        trial.spawned(scope.spawn(JobOptions.named("late").withTimeout(LATE), () -> trial.runs()));
                        return child.join();
                    }))
                    .await());
        }
    },

    LIMIT {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(2).withPendingLimit(2));
            for (int i = 0; i < 6; i++) {
                trial.attempt(() -> leaf(trial, jobs));
            }
            trial.attempt(() -> trial.spawned(jobs.spawn("waits", () -> {
                        trial.runs();
                        return leaf(trial, jobs).join();
                    }))
                    .await());
            trial.attempt(() -> {
                Callable<Integer> body = () -> 1;
                jobs.trySpawn(JobOptions.named("tried"), body).ifPresent(trial::spawned);
            });
        }
    },

    FAILURE {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(3));
            trial.attempt(() -> trial.spawned(jobs.spawn("failing", scope -> failing(trial, scope)))
                    .await());
            trial.attempt(() -> trial.spawned(jobs.spawn(
                            JobOptions.named("supervised").withSupervision(), scope -> failing(trial, scope)))
                    .await());
            trial.attempt(() -> failing(trial, jobs));
            trial.attempt(() -> trial.spawned(jobs.spawn("siblings", scope -> {
                        trial.spawned(scope.spawn("sibling", () -> sleep(trial, LATE)));
                        return failing(trial, scope).join();
                    }))
                    .await());
            trial.attempt(() -> trial.spawned(jobs.spawn("body fails", scope -> {
                        trial.runs();
                        trial.spawned(scope.spawn("child", () -> sleep(trial, LATE)));
                        throw new IllegalStateException("meant");
                    }))
                    .await());
        }
    },

    CANCEL {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(2));
            trial.attempt(() -> {
                var branch = trial.spawned(
                        jobs.spawn("branch", scope -> sleeping(trial, scope).join()));
                var one = sleeping(trial, jobs);
                var pending = sleeping(trial, jobs);
                pending.cancel();
                one.cancelAndJoin(LATE);
                branch.cancel();
                branch.await();
            });
            trial.attempt(() -> sleeping(trial, jobs).toCompletableFuture().cancel(true));
            trial.attempt(() -> {
                var last = sleeping(trial, jobs);
                jobs.cancel();
                last.await();
            });
        }
    },

    DEADLINE {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(1));
            var options = JobOptions.named("soon").withTimeout(Duration.ofMillis(2));
            trial.attempt(() -> {
                var running = trial.spawned(jobs.spawn(options, () -> sleep(trial, LATE)));
                var pending = trial.spawned(jobs.spawn(options, () -> sleep(trial, LATE)));
                running.await();
                pending.await();
            });
            trial.attempt(() -> trial.spawned(jobs.spawn(
                            "branch",
                            scope -> trial.spawned(scope.spawn(options, () -> sleep(trial, LATE)))
                                    .await()))
                    .await());
            trial.attempt(() -> trial.spawned(jobs.spawn(
                            options,
                            scope -> trial.spawned(scope.spawn("below", () -> sleep(trial, LATE)))
                                    .join()))
                    .await());
        }
    },

    CLOSE {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named(CLOSES).withLimit(2));
            trial.attempt(() -> sleeping(trial, jobs));
            trial.attempt(() -> trial.spawned(
                    jobs.spawn("branch", scope -> sleeping(trial, scope).join())));
            trial.attempt(() -> sleeping(trial, jobs));
            trial.attempt(() -> jobs.close(Duration.ofMillis(1)));
        }
    },

    REUSE {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(1).withThreadReuse());
            for (int i = 0; i < 4; i++) {
                trial.attempt(() -> leaf(trial, jobs));
            }
            trial.attempt(() -> failing(trial, jobs));
            trial.attempt(() -> leaf(trial, jobs).join());
        }
    },

    SHIELD {
        @Override
        void run(Trial trial) {
            var limit = trial.limit(1);
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(1));
            trial.attempt(() -> {
                Callable<Integer> body = () -> {
                    trial.runs();
                    return jobs.shield("outer", () -> jobs.shield("inner", () -> 1));
                };
                trial.spawned(jobs.spawn(JobOptions.named("job").withSharedLimit(limit), body))
                        .await();
            });
            trial.attempt(() -> {
                var cancelled = trial.spawned(jobs.spawn("cancelled", () -> {
                    try {
                        sleep(trial, LONG);
                    } finally {
                        jobs.shield("clean-up", () -> 1);
                    }
                }));
                cancelled.cancel();
                cancelled.await();
            });
        }
    },

    SHARED_LIMIT {
        @Override
        void run(Trial trial) {
            var options = JobOptions.named("job").withSharedLimit(trial.limit(1));
            var one = trial.open(SchedulerOptions.named("s").withLimit(2));
            var two = trial.open(SchedulerOptions.named("t").withoutLimit());
            trial.attempt(() -> {
                trial.spawned(one.spawn(options, () -> trial.runs()));
                var pending = trial.spawned(two.spawn(options, () -> trial.runs()));
                trial.spawned(two.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                            trial.spawned(scope.spawn(options, () -> trial.runs()));
                            return trial.spawned(scope.spawn(options, () -> trial.runs()))
                                    .await();
                        }))
                        .await();
                pending.cancel();
                pending.await();
            });
        }
    },

    OBSERVED {
        @Override
        void run(Trial trial) {
            var jobs =
                    trial.open(SchedulerOptions.named("s").withLimit(1).withObserver(job -> new JobObservation() {}));
            trial.attempt(() -> leaf(trial, jobs));
            trial.attempt(() -> sleeping(trial, jobs).cancel());
            trial.attempt(() -> failing(trial, jobs).await());
            trial.attempt(() -> leaf(trial, jobs).toCompletableFuture().join());
        }
    },

    /// Observers have heard of the job that its scope refuses.
    REFUSED {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withoutLimit().withObserver(job -> {
                if (job.name().equals("refused")) {
                    trial.spawned(job);
                    job.parent().ifPresent(Job::cancel);
                }
                return new JobObservation() {};
            }));
            trial.attempt(() -> trial.spawned(jobs.spawn("branch", scope -> {
                        trial.runs();
                        return scope.spawn("refused", () -> 1).join();
                    }))
                    .await());
        }
    };

    /// The name of a scheduler that its life closes.
    static final String CLOSES = "closes";

    private static final Duration LATE = Duration.ofSeconds(30);

    /// So long that it is cancelled, and so short that it ends where the cancel threw.
    private static final Duration LONG = Duration.ofSeconds(1);

    abstract void run(Trial trial);

    private static Job<Integer> leaf(Trial trial, JobScope scope) {
        return trial.spawned(scope.spawn("leaf", () -> {
            trial.runs();
            return 1;
        }));
    }

    private static Job<@Nullable Void> sleeping(Trial trial, JobScope scope) {
        return trial.spawned(scope.spawn("sleeping", () -> sleep(trial, LONG)));
    }

    private static Job<@Nullable Void> failing(Trial trial, JobScope scope) {
        JobAction body = () -> {
            trial.runs();
            throw new IllegalStateException("meant");
        };
        return trial.spawned(scope.spawn("failing", body));
    }

    private static void sleep(Trial trial, Duration time) throws InterruptedException {
        trial.runs();
        Thread.sleep(time);
    }
}
