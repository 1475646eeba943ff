package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("R24: observers hear that a job was asked to stop while its body runs, on a thread made for that")
final class Rule24CancelNoticeTest {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Door hold = new Door();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private BiConsumer<Job<?>, CancelReason> hook = (job, reason) -> {};

    /// One call of `cancelling`.
    private record Request(String job, CancelReason reason, Optional<String> origin, Thread thread, boolean current) {}

    @AfterEach
    void letGo() {
        hold.open();
    }

    private Scheduler open() {
        return Scheduler.open(options(100));
    }

    private SchedulerOptions options(int limit) {
        return TestOptions.limit(limit)
                .withWaitTimeout(SOON)
                .withCloseTimeout(SOON)
                .withFailureHandler((job, failure) -> {})
                .withObserver(job -> new JobObservation() {
                    @Override
                    public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
                        requests.add(new Request(
                                job.name(),
                                reason,
                                origin.map(Job::name),
                                Thread.currentThread(),
                                Job.current().equals(Optional.of(job))));
                        hook.accept(job, reason);
                    }
                });
    }

    private Optional<Request> about(String job) {
        return requests.stream().filter(request -> request.job.equals(job)).findFirst();
    }

    private Request await(String job) throws Exception {
        Within.isTrue(() -> about(job).isPresent());
        return about(job).orElseThrow();
    }

    @EachThreadKind
    void cancel_isHeardWhileTheBodyGoesOn_onAVirtualThreadOfItsOwn() throws Exception {
        try (var jobs = open()) {
            var runs = new CountDownLatch(1);
            var job = jobs.spawn("stubborn", () -> {
                runs.countDown();
                return hold.passIgnoringInterrupts();
            });
            runs.await();
            var own = job.thread().orElseThrow();
            Within.run(job::cancel);

            var heard = await("stubborn");
            assertThat(heard.reason).isEqualTo(CancelReason.REQUESTED);
            assertThat(heard.origin).isEmpty();
            assertThat(heard.current).isTrue();
            assertThat(heard.thread.isVirtual()).isTrue();
            assertThat(heard.thread).isNotEqualTo(own).isNotEqualTo(Thread.currentThread());
            assertThat(job.state()).isEqualTo(JobState.CANCELLING);
            hold.open();
        }
        assertThat(requests).hasSize(1);
    }

    @Test
    void aBranchJobWithoutChildren_hearsItWhileItsBodyGoesOn() throws Exception {
        try (var jobs = open()) {
            var runs = new CountDownLatch(1);
            var job = jobs.spawn("branch", scope -> {
                runs.countDown();
                return hold.passIgnoringInterrupts();
            });
            runs.await();
            job.cancel();

            assertThat(await("branch").reason).isEqualTo(CancelReason.REQUESTED);
            assertThat(job.thread()).isPresent();
            hold.open();
        }
    }

    /// It hears of the jobs that it knows to their end. No other is there, by which they would be looked for.
    @Test
    void anObserverThatWasRemoved_hearsItWhileTheBodyGoesOn() throws Exception {
        var heard = new CountDownLatch(1);
        var runs = new CountDownLatch(1);
        try (var jobs = Scheduler.open(TestOptions.limit(100).withWaitTimeout(SOON))) {
            try (var _ = JobObserver.install(job -> new JobObservation() {
                @Override
                public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
                    heard.countDown();
                }
            })) {
                jobs.spawn("stubborn", () -> {
                    runs.countDown();
                    hold.passIgnoringInterrupts();
                });
                runs.await();
            }
            jobs.cancel();
            Within.isTrue(() -> heard.getCount() == 0);
            hold.open();
        }
    }

    @Test
    void everyJobBelow_hearsWhyAndWhereItBegan() throws Exception {
        try (var jobs = open()) {
            var runs = new CountDownLatch(2);
            var page = jobs.spawn("page", scope -> {
                var user = scope.spawn("user", inner -> {
                    inner.spawn("mail", () -> {
                        runs.countDown();
                        hold.pass();
                    });
                    runs.countDown();
                    hold.pass();
                });
                user.join();
            });
            runs.await();
            page.cancel();

            assertThat(await("page").reason).isEqualTo(CancelReason.REQUESTED);
            for (var below : List.of("user", "mail")) {
                assertThat(await(below).reason).isEqualTo(CancelReason.PARENT);
                assertThat(await(below).origin).contains("page");
            }
        }
        assertThat(requests).hasSize(3);
    }

    @Test
    void aFailedChild_isHeardByItsParentAndSiblings_andNotByItself() throws Exception {
        try (var jobs = open()) {
            var runs = new CountDownLatch(1);
            var page = jobs.spawn("page", scope -> {
                scope.spawn("sibling", () -> {
                    runs.countDown();
                    hold.pass();
                });
                runs.await();
                scope.spawn("broken", () -> {
                    throw new IllegalStateException("broken");
                });
                hold.pass();
            });
            Within.outcome(page);
        }
        assertThat(requests).extracting(Request::job).containsExactlyInAnyOrder("page", "sibling");
        assertThat(requests)
                .allMatch(request ->
                        request.reason == CancelReason.SIBLING_FAILED && request.origin.equals(Optional.of("broken")));
    }

    @Test
    void aBodyThatFails_isAskedNothing_andItsChildrenAre() throws Exception {
        try (var jobs = open()) {
            var runs = new CountDownLatch(1);
            var page = jobs.spawn("page", scope -> {
                scope.spawn("user", () -> {
                    runs.countDown();
                    hold.pass();
                });
                runs.await();
                throw new IllegalStateException("broken");
            });
            Within.outcome(page);
        }
        assertThat(requests).extracting(Request::job).containsExactly("user");
        assertThat(requests).extracting(Request::reason).containsExactly(CancelReason.PARENT);
    }

    @Test
    void aDeadline_andAClose_areHeard() throws Exception {
        try (var jobs = open()) {
            var runs = new CountDownLatch(1);
            var late = jobs.spawn(JobOptions.named("late").withTimeout(Duration.ofMillis(1)), () -> hold.pass());
            Within.outcome(late);
            jobs.spawn("left", () -> {
                runs.countDown();
                hold.pass();
            });
            runs.await();
            jobs.close(Duration.ZERO);
        }
        assertThat(about("left").orElseThrow().reason).isEqualTo(CancelReason.CLOSED);
        // It may have been over before it could start, and then has not heard.
        assertThat(about("late").map(Request::reason).orElse(CancelReason.DEADLINE))
                .isEqualTo(CancelReason.DEADLINE);
    }

    @Test
    void aJobThatNeverRan_isAskedNothing() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var runs = new CountDownLatch(1);
            jobs.spawn("first", () -> {
                runs.countDown();
                hold.pass();
            });
            runs.await();
            var pending = jobs.spawn("pending", () -> 1);
            pending.cancel();
            assertThat(Within.outcome(pending)).isInstanceOf(Outcome.Cancelled.class);
            hold.open();
        }
        assertThat(requests).isEmpty();
    }

    /// The thread of the request and the job's own, woken by the interrupt, come at the same time.
    @Test
    void hooksComeInOrder_whicheverThreadIsFirst() throws Exception {
        var wrong = new CopyOnWriteArrayList<List<String>>();
        var options = TestOptions.limit(100).withObserver(job -> new JobObservation() {
            private final List<String> heard = new CopyOnWriteArrayList<>();

            @Override
            public void starting() {
                heard.add("starting");
            }

            @Override
            public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
                heard.add("cancelling");
                // Long enough for the other thread to overtake it.
                LockSupport.parkNanos(50_000);
                heard.add("reported");
            }

            @Override
            public void stopped() {
                heard.add("stopped");
            }

            @Override
            public void ended(Outcome<?> outcome) {
                heard.add("ended");
                if (!heard.equals(List.of("starting", "cancelling", "reported", "stopped", "ended"))) {
                    wrong.add(List.copyOf(heard));
                }
            }
        });
        try (var jobs = Scheduler.open(options)) {
            for (int round = 0; round < 2_000 && wrong.isEmpty(); round++) {
                var runs = new CountDownLatch(1);
                var job = jobs.spawn("quick", () -> {
                    runs.countDown();
                    hold.pass();
                });
                runs.await();
                job.cancel();
                job.await();
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aJobStoppedWhileObserversHearOfItsStart_isHeardOnlyAfterThat() throws Exception {
        var heard = new CopyOnWriteArrayList<String>();
        try (var jobs = Scheduler.open(TestOptions.limit(1).withObserver(job -> new JobObservation() {
            @Override
            public void starting() {
                job.cancel();
                heard.add("starting");
            }

            @Override
            public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
                heard.add("cancelling");
            }

            @Override
            public void stopped() {
                heard.add("stopped");
            }
        }))) {
            assertThat(Within.outcome(jobs.spawn("job", () -> heard.add("body"))))
                    .isInstanceOf(Outcome.Cancelled.class);
        }
        assertThat(heard).containsExactly("starting", "cancelling", "stopped");
    }

    @Test
    void aHookThatBlocks_holdsUpItsOwnJobAlone() throws Exception {
        var inHook = new CountDownLatch(1);
        hook = (job, reason) -> {
            if (job.name().equals("first")) {
                inHook.countDown();
                hold.passIgnoringInterrupts();
            }
        };
        try (var jobs = open()) {
            var runs = new CountDownLatch(2);
            var first = jobs.spawn("first", () -> {
                runs.countDown();
                new CountDownLatch(1).await();
            });
            var other = jobs.spawn("other", () -> {
                runs.countDown();
                new CountDownLatch(1).await();
            });
            runs.await();
            Within.run(jobs::cancel);
            assertThat(Within.outcome(other)).isInstanceOf(Outcome.Cancelled.class);
            inHook.await();
            assertThat(first.isDone()).isFalse();
            hold.open();
            assertThat(Within.outcome(first)).isInstanceOf(Outcome.Cancelled.class);
        }
        assertThat(requests).hasSize(2);
    }

    @Test
    void aHookThatBlocks_keepsNoOtherJobFromHearing_whoseBodyGoesOn() throws Exception {
        var heard = new CountDownLatch(3);
        hook = (job, reason) -> {
            heard.countDown();
            hold.passIgnoringInterrupts();
        };
        try (var jobs = open()) {
            var runs = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                jobs.spawn("stubborn", () -> {
                    runs.countDown();
                    hold.passIgnoringInterrupts();
                });
            }
            runs.await();
            Within.run(jobs::cancel);
            Within.isTrue(() -> heard.getCount() == 0);
            hold.open();
        }
    }

    @Test
    void aHookThatThrowsOrWaitsForItsJobOrCloses_changesNothing() throws Exception {
        var thrown = new AtomicReference<Throwable>();
        hook = (job, reason) -> {
            job.scheduler().close(Duration.ofSeconds(5));
            try {
                job.join();
            } catch (Exception e) {
                thrown.set(e);
            }
            throw new IllegalStateException("a hook's own");
        };
        try (var log = new RecordedLog();
                var jobs = open()) {
            var runs = new CountDownLatch(1);
            var job = jobs.spawn("job", () -> {
                runs.countDown();
                hold.pass();
            });
            runs.await();
            Within.run(job::cancel);
            assertThat(Within.outcome(job)).isInstanceOf(Outcome.Cancelled.class);
            assertThat(jobs.isClosed()).isTrue();
            assertThat(thrown.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot wait for itself");
            assertThat(log.containing("Job observer")).hasSize(1);
            assertThatThrownBy(() -> jobs.spawn("late", () -> 1)).hasMessageContaining("spawn before close()");
        }
    }
}
