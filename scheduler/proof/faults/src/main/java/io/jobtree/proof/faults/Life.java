package io.jobtree.proof.faults;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobBody;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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
            trial.attempt(() -> siblings(trial, jobs).await());
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
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(1).withObserver(trial.hears()));
            trial.attempt(() -> leaf(trial, jobs));
            trial.attempt(() -> sleeping(trial, jobs).cancel());
            trial.attempt(() -> failing(trial, jobs).await());
            trial.attempt(() -> trial.reports(failing(trial, jobs)));
            trial.attempt(() -> leaf(trial, jobs).toCompletableFuture().join());
        }
    },

    /// One of two observers throws.
    OBSERVER_THROWS {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s")
                    .withoutLimit()
                    .withObserver(trial.hears())
                    .withObserver(new Thrower()));
            trial.attempt(() -> leaf(trial, jobs).await());
            trial.attempt(() -> sleeping(trial, jobs).cancel());
            trial.attempt(() -> failing(trial, jobs).await());
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
    },

    /// The same, when its time has run out.
    REFUSED_LATE {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withoutLimit().withObserver(job -> {
                if (job.name().equals("refused")) {
                    trial.spawned(job);
                    LockSupport.parkNanos(2 * SHORT.toNanos());
                    job.parent().ifPresent(Job::cancel);
                }
                return new JobObservation() {};
            }));
            trial.attempt(() -> trial.spawned(jobs.spawn("branch", scope -> {
                        trial.runs();
                        Callable<Integer> body = () -> 1;
                        return scope.spawn(JobOptions.named("refused").withTimeout(SHORT), body)
                                .join();
                    }))
                    .await());
        }
    },

    /// What a body throws besides, with a place that others share.
    SHARED_FAILURE {
        @Override
        void run(Trial trial) {
            var limit = trial.limit(1);
            var jobs = trial.open(SchedulerOptions.named("s").withoutLimit());
            JobAction body = () -> {
                try {
                    sleep(trial, LONG);
                } catch (InterruptedException e) {
                    throw new IllegalStateException("meant");
                }
            };
            var options = JobOptions.named("late").withSharedLimit(limit).withTimeout(SHORT);
            trial.attempt(() -> trial.spawned(jobs.spawn(options, body)).await());
        }
    },

    /// A thread that is none of the tree's spawns into a branch.
    ELSEWHERE {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withoutLimit());
            trial.attempt(() -> {
                var inside = new CompletableFuture<JobScope>();
                var back = new CountDownLatch(1);
                var branch = trial.spawned(jobs.spawn("branch", scope -> {
                    trial.runs();
                    trial.spawned(scope.spawn("inner", inner -> {
                        trial.runs();
                        inside.complete(inner);
                        back.await(1, TimeUnit.SECONDS);
                    }));
                }));
                try {
                    var scope = inside.get(SHORT.toMillis() * 50, TimeUnit.MILLISECONDS);
                    leaf(trial, scope);
                    trial.spawned(scope.spawn(
                            JobOptions.named("supervised").withSupervision(), below -> failing(trial, below)));
                    leaf(trial, scope).join();
                } finally {
                    back.countDown();
                }
                branch.await();
            });
        }
    },

    /// Spawners wait for room, and one is interrupted there.
    ROOM {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(1).withPendingLimit(1));
            trial.attempt(() -> {
                trial.spawned(jobs.spawn("slow", () -> sleep(trial, SHORT.multipliedBy(5))));
                leaf(trial, jobs);
                var user = Thread.currentThread();
                var other = Thread.ofPlatform().daemon().start(() -> {
                    LockSupport.parkNanos(2 * SHORT.toNanos());
                    user.interrupt();
                });
                try {
                    leaf(trial, jobs);
                } finally {
                    other.join();
                    var _ = Thread.interrupted();
                }
            });
            trial.attempt(() -> {
                leaf(trial, jobs);
                leaf(trial, jobs);
                leaf(trial, jobs).join();
            });
            trial.attempt(() -> trial.spawned(jobs.spawn("spawner", () -> {
                        trial.runs();
                        leaf(trial, jobs);
                        leaf(trial, jobs);
                        leaf(trial, jobs).join();
                    }))
                    .await());
        }
    },

    /// Who called a shield of another scheduler is cancelled meanwhile.
    SHIELD_LEFT {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(1));
            var other = trial.open(SchedulerOptions.named("other").withLimit(1).withObserver(trial.hears()));
            trial.attempt(() -> {
                var job = trial.spawned(jobs.spawn("leaves", () -> {
                    trial.runs();
                    other.shield("slow", () -> Thread.sleep(SHORT.multipliedBy(5)));
                }));
                LockSupport.parkNanos(2 * SHORT.toNanos());
                job.cancel();
                job.await();
                other.awaitIdle();
            });
            trial.attempt(() -> trial.spawned(jobs.spawn("fails", () -> {
                        trial.runs();
                        other.shield("failing", () -> {
                            throw new IllegalStateException("meant");
                        });
                    }))
                    .await());
        }
    },

    OBSERVED_TREE {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(2).withObserver(trial.hears()));
            trial.attempt(() -> siblings(trial, jobs).await());
            trial.attempt(() -> trial.spawned(jobs.spawn(
                            JobOptions.named("soon").withTimeout(SHORT),
                            scope -> trial.spawned(scope.spawn("below", () -> sleep(trial, LATE)))
                                    .join()))
                    .await());
            trial.attempt(() -> {
                var branch = trial.spawned(
                        jobs.spawn("branch", scope -> sleeping(trial, scope).join()));
                var late = trial.spawned(
                        jobs.spawn(JobOptions.named("late").withTimeout(SHORT), () -> sleep(trial, LONG)));
                sleeping(trial, jobs).cancel();
                branch.cancel();
                branch.await();
                late.await();
            });
        }
    },

    FUTURE {
        @Override
        void run(Trial trial) {
            var limit = trial.limit(1);
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(2));
            trial.attempt(() -> trial.spawned(
                            jobs.spawn(JobOptions.named("gets").withSharedLimit(limit), () -> {
                                trial.runs();
                                return leaf(trial, jobs).toCompletableFuture().get();
                            }))
                    .await());
            trial.attempt(() -> trial.spawned(jobs.spawn("completes", () -> {
                        trial.runs();
                        var future = sleeping(trial, jobs).toCompletableFuture();
                        future.completeAsync(() -> null);
                        return future.get(2, TimeUnit.SECONDS);
                    }))
                    .await());
            trial.attempt(() -> {
                jobs.cancel();
                failing(trial, jobs).toCompletableFuture().join();
            });
            trial.attempt(() -> {
                var job = leaf(trial, jobs);
                var future = job.toCompletableFuture();
                job.await();
                future.resultNow();
            });
            // What depends on it waits for one that is woken after it.
            trial.attempt(() -> {
                var child = sleeping(trial, jobs);
                var waits = trial.spawned(jobs.spawn("waits", () -> {
                    trial.runs();
                    return child.await();
                }));
                while (waits.state() == JobState.PENDING) {
                    Thread.onSpinWait();
                }
                var _ = child.toCompletableFuture().whenComplete((_, _) -> trial.attempt(waits::await));
                child.cancel();
                waits.await();
            });
        }
    },

    /// Whatever a job can have, under thread reuse.
    MIX {
        @Override
        void run(Trial trial) {
            var limit = trial.limit(1);
            Mix.run(
                    trial,
                    trial.open(SchedulerOptions.named("s")
                            .withLimit(2)
                            .withPendingLimit(3)
                            .withThreadReuse()
                            .withObserver(trial.hears())),
                    limit);
        }
    },

    /// The same, while it is closed.
    MIX_CLOSE {
        @Override
        void run(Trial trial) {
            var limit = trial.limit(1);
            var jobs = trial.open(SchedulerOptions.named(CLOSES).withLimit(2));
            var closer = Thread.ofVirtual()
                    .start(() -> trial.attempt(() -> {
                        LockSupport.parkNanos(3 * SHORT.toNanos());
                        jobs.close(SHORT);
                    }));
            Mix.run(trial, jobs, limit);
            trial.attempt(closer::join);
        }
    },

    FUTURE_TAKEN {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withoutLimit());
            List<Consumer<CompletableFuture<?>>> taken = List.of(
                    future -> future.cancel(true),
                    future -> future.completeExceptionally(new IllegalStateException("meant")),
                    future -> future.obtrudeException(new IllegalStateException("meant")));
            for (var take : taken) {
                trial.attempt(() -> {
                    var future = sleeping(trial, jobs).toCompletableFuture();
                    var gets = trial.spawned(jobs.spawn("gets", () -> {
                        trial.runs();
                        return future.get(1, TimeUnit.SECONDS);
                    }));
                    take.accept(future);
                    gets.await();
                });
            }
        }
    },

    IDLE {
        @Override
        void run(Trial trial) {
            var limit = trial.limit(1);
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(1));
            var other = trial.open(SchedulerOptions.named("other").withLimit(1));
            trial.attempt(() -> trial.spawned(jobs.spawn(
                            JobOptions.named("idle").withSharedLimit(limit), () -> {
                                trial.runs();
                                leaf(trial, other);
                                trial.spawned(other.spawn(
                                        JobOptions.named("shares").withSharedLimit(limit), () -> trial.runs()));
                                other.awaitIdle();
                                Job.blocking(() -> {});
                                try {
                                    trial.spawned(other.spawn("slow", () -> sleep(trial, SHORT.multipliedBy(3))))
                                            .join(SHORT);
                                } catch (TimeoutException goesOn) {
                                    // It is waited for below.
                                }
                                return other.awaitIdle(LONG);
                            }))
                    .await());
        }
    },

    REUSE_TREE {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(2).withThreadReuse());
            trial.attempt(() -> siblings(trial, jobs).await());
            trial.attempt(() -> trial.spawned(
                            jobs.spawn(JobOptions.named("limited").withChildLimit(1), scope -> {
                                leaf(trial, scope);
                                leaf(trial, scope);
                                return leaf(trial, scope).join();
                            }))
                    .await());
            trial.attempt(() -> {
                sleeping(trial, jobs);
                sleeping(trial, jobs);
                var last = sleeping(trial, jobs);
                jobs.cancel();
                last.await();
            });
        }
    },

    CARRIED {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named("s").withLimit(2).withThreadReuse());
            JobBody<Object> body = scope -> {
                trial.runs();
                trial.spawned(scope.spawn("child", () -> trial.runs()));
                ScopedValue.where(VALUE, "rebound").run(() -> trial.spawned(scope.spawn("bound", () -> trial.runs())));
                return jobs.shield("shielded", () -> 1);
            };
            trial.attempt(() -> ScopedValue.where(VALUE, "carried")
                    .call(() -> trial.spawned(
                                    jobs.spawn(JobOptions.named("branch").withCarried(VALUE), body))
                            .await()));
            trial.attempt(() -> failing(trial, jobs));
        }
    },

    CLOSE_TWO {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named(CLOSES).withLimit(2));
            trial.attempt(() -> sleeping(trial, jobs));
            trial.attempt(() -> {
                var virtual = Thread.ofVirtual().start(() -> jobs.close(SHORT.multipliedBy(200)));
                var platform = Thread.ofPlatform().daemon().start(() -> jobs.close(SHORT.multipliedBy(100)));
                LockSupport.parkNanos(SHORT.toNanos());
                virtual.interrupt();
                virtual.join();
                platform.join();
            });
        }
    },

    CLOSE_OBSERVED {
        @Override
        void run(Trial trial) {
            var jobs = trial.open(SchedulerOptions.named(CLOSES).withLimit(2).withObserver(trial.hears()));
            trial.attempt(() -> trial.spawned(
                    jobs.spawn("branch", scope -> sleeping(trial, scope).join())));
            trial.attempt(() -> sleeping(trial, jobs));
            trial.attempt(() -> sleeping(trial, jobs));
            trial.attempt(() -> jobs.close(SHORT));
        }
    },

    STRAGGLER {
        @Override
        void run(Trial trial) {
            var jobs = trial.openToClose(
                    SchedulerOptions.named(CLOSES).withObserver(trial.hears()), SHORT.multipliedBy(10));
            trial.attempt(() -> {
                var ends = new CountDownLatch(1);
                var straggler = trial.spawned(jobs.spawn("straggler", () -> {
                    trial.runs();
                    awaitDeafly(ends);
                }));
                try {
                    Thread.ofVirtual().start(() -> jobs.close(SHORT)).join();
                    // Where that threw, another thread leads.
                    jobs.close(SHORT);
                } finally {
                    ends.countDown();
                    // A wait could be what throws.
                    while (!straggler.isDone()) {
                        LockSupport.parkNanos(SHORT.toNanos());
                    }
                }
            });
        }
    };

    private static final ScopedValue<String> VALUE = ScopedValue.newInstance();
    static final Duration SHORT = Duration.ofMillis(1);

    /// The name of a scheduler that its life closes.
    static final String CLOSES = "closes";

    static final Duration LATE = Duration.ofSeconds(30);

    /// So long that it is cancelled, and so short that it ends where the cancel threw.
    static final Duration LONG = Duration.ofSeconds(1);

    abstract void run(Trial trial);

    static Job<Integer> leaf(Trial trial, JobScope scope) {
        return trial.spawned(scope.spawn("leaf", () -> {
            trial.runs();
            return 1;
        }));
    }

    static Job<@Nullable Void> sleeping(Trial trial, JobScope scope) {
        return trial.spawned(scope.spawn("sleeping", () -> sleep(trial, LONG)));
    }

    private static Job<@Nullable Void> failing(Trial trial, JobScope scope) {
        JobAction body = () -> {
            trial.runs();
            throw new IllegalStateException("meant");
        };
        return trial.spawned(scope.spawn("failing", body));
    }

    /// One is cancelled, since the other fails.
    static Job<?> siblings(Trial trial, JobScope jobs) {
        return trial.spawned(jobs.spawn("siblings", scope -> {
            trial.spawned(scope.spawn("sibling", () -> sleep(trial, LATE)));
            return failing(trial, scope).join();
        }));
    }

    private static void awaitDeafly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException deaf) {
                // It goes on.
            }
        }
    }

    static void sleep(Trial trial, Duration time) throws InterruptedException {
        trial.runs();
        Thread.sleep(time);
    }
}
