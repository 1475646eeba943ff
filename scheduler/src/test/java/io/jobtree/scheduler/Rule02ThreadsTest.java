package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("R2: every job has a fresh virtual thread with the job's name")
final class Rule02ThreadsTest {
    @EachThreadKind
    void body_ofNamedJob_runsOnVirtualThreadWithItsName() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var thread = jobs.spawn("page", () -> Thread.currentThread()).join();
            assertThat(thread.isVirtual()).isTrue();
            assertThat(thread.getName()).isEqualTo("page");
        }
    }

    @EachThreadKind
    void body_ofUnnamedJob_runsOnThreadWithoutName() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var job = jobs.spawn(() -> Thread.currentThread());
            assertThat(job.join().getName()).isEmpty();
            assertThat(job.name()).isEqualTo("job-" + job.id());
        }
    }

    @EachThreadKind
    void body_ofChild_runsOnVirtualThreadWithItsName() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            Job<Thread> branch = jobs.spawn(
                    "branch",
                    scope -> scope.spawn("child", () -> Thread.currentThread()).join());
            assertThat(branch.join().isVirtual()).isTrue();
            assertThat(branch.join().getName()).isEqualTo("child");
        }
    }

    @Test
    @Tag(TestOptions.FRESH_THREADS)
    void body_ofEachJob_hasThreadThatNoOtherJobHad() {
        Set<Thread> threads = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            for (var i = 0; i < 200; i++) {
                jobs.spawn("job", () -> {
                    threads.add(Thread.currentThread());
                    ids.add(Thread.currentThread().threadId());
                });
            }
        }
        assertThat(threads).hasSize(200);
        assertThat(ids).hasSize(200);
    }

    @Test
    @Tag(TestOptions.FRESH_THREADS)
    void threadLocal_setByOneJob_isNotSeenByTheNext() throws Exception {
        var local = new ThreadLocal<String>();
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            for (var i = 0; i < 20; i++) {
                var seen = jobs.spawn("job", () -> {
                            var before = String.valueOf(local.get());
                            local.set("left behind");
                            return before;
                        })
                        .join();
                assertThat(seen).isEqualTo("null");
            }
        }
    }

    @Test
    void thread_isThereWhileTheBodyRunsOnly() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            var hold = new Door();
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                hold.pass();
                return Thread.currentThread();
            });
            var pending = jobs.spawn("pending", () -> 1);
            running.pass();
            var thread = job.thread().orElseThrow();
            assertThat(pending.thread()).isEmpty();
            hold.open();
            assertThat(job.join()).isSameAs(thread);
            assertThat(job.thread()).isEmpty();
        }
    }

    @Test
    void current_insideBody_isItsJob_andNoneOutside() throws Exception {
        assertThat(Job.current()).isEmpty();
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var job = jobs.spawn("job", () -> Job.current().orElseThrow());
            assertThat(job.join()).isSameAs(job);
            Job<Job<?>> branch = jobs.spawn("branch", scope -> {
                Job<Job<?>> child = scope.spawn("child", () -> Job.current().orElseThrow());
                assertThat(child.join()).isSameAs(child);
                return Job.current().orElseThrow();
            });
            assertThat(branch.join()).isSameAs(branch);
        }
    }

    @Test
    void contextClassLoader_isThatOfTheSpawnersWorld() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var job = jobs.spawn("job", () -> Thread.currentThread().getContextClassLoader() != null);
            assertSucceeded(job, true);
        }
    }
}
