package io.jobtree.scheduler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The list of a scope's jobs on one thread.
@Timeout(10)
final class LiveJobsTest {
    private final LiveJobs live = new LiveJobs();

    private JobImpl<?> push() {
        var job = Parts.job();
        assertThat(live.push(job.link)).isTrue();
        return job;
    }

    private void end(JobImpl<?> job) {
        var link = job.link;
        Parts.end(job);
        Parts.leaveList(live, link);
    }

    private List<JobImpl<?>> all() {
        return live.list(job -> true);
    }

    @Test
    void list_isOldestFirst() {
        var first = push();
        var second = push();
        assertThat(all()).isEqualTo(List.of(first, second));
        assertThat(live.count(job -> job == second)).isOne();
        assertThat(live.oldest()).isSameAs(first);
    }

    @Test
    void list_leavesOutWhatIsDone() {
        var first = push();
        var second = push();
        end(second);
        assertThat(all()).isEqualTo(List.of(first));
        assertThat(live.count(job -> true)).isOne();
        end(first);
        assertThat(all()).isEmpty();
        assertThat(live.oldest()).isNull();
    }

    @Test
    void seal_refusesMore_andKeepsWhatIsThere() {
        var first = push();
        assertThat(live.isSealed()).isFalse();
        live.seal();
        live.seal();
        assertThat(live.isSealed()).isTrue();
        assertThat(live.push(Parts.job().link)).isFalse();
        assertThat(all()).isEqualTo(List.of(first));
    }

    @Test
    void sealOrNewest_sealsOnlyWhatIsOver() {
        push();
        var second = push();
        assertThat(live.sealOrNewest()).isSameAs(second);
        assertThat(live.isSealed()).isFalse();
        end(second);
        var first = Objects.requireNonNull(live.oldest());
        assertThat(live.sealOrNewest()).isSameAs(first);
        end(first);
        assertThat(live.sealOrNewest()).isNull();
        assertThat(live.isSealed()).isTrue();
    }

    @Test
    void sweeps_takeOutWhatIsDone_andNothingElse() {
        var kept = new ArrayList<JobImpl<?>>();
        for (int i = 0; i < 1_000; i++) {
            var job = push();
            if (i % 100 == 0) {
                kept.add(job);
            } else {
                end(job);
            }
        }
        assertThat(all()).isEqualTo(kept);
        int links = 0;
        for (var link = kept.getLast().link; link != null; link = link.older) {
            links++;
        }
        assertThat(links).isLessThan(200);
    }

    @Test
    void awaitAllAndSeal_ofWhatIsOver_seals() {
        end(push());
        live.awaitAllAndSeal();
        assertThat(live.isSealed()).isTrue();
    }

    @Test
    void newest_matches_andSkipsWhatIsDone() {
        var first = push();
        var second = push();
        var third = push();
        assertThat(live.newest(job -> true)).isSameAs(third);
        assertThat(live.newest(job -> job != third)).isSameAs(second);
        end(second);
        assertThat(live.newest(job -> job != third)).isSameAs(first);
        assertThat(live.newest(job -> false)).isNull();
        assertThat(live.newestLink()).isSameAs(third.link);
    }

    @Test
    void sealOrNewest_dropsWhatItHasPassed() {
        var first = push();
        for (int i = 0; i < 10; i++) {
            end(push());
        }
        var top = live.newestLink();
        assertThat(live.sealOrNewest()).isSameAs(first);
        assertThat(top).isNotNull();
        assertThat(top.older).isSameAs(first.link);
    }

    @Test
    void ended_sweepsWhatIsBelow() {
        var jobs = new ArrayList<JobImpl<?>>();
        for (int i = 0; i < 64; i++) {
            jobs.add(push());
        }
        var last = jobs.getLast().link;
        for (int i = 1; i < 63; i++) {
            end(jobs.get(i));
        }
        assertThat(last.older).isNotNull();
        assertThat(last.older.job).isNull();
        end(jobs.getLast());
        assertThat(last.older).isSameAs(jobs.getFirst().link);
    }

    @Test
    void push_sweepsAtTwiceWhatWasLeft() {
        for (int i = 0; i < 64; i++) {
            push();
        }
        var sixtyFour = live.newestLink();
        assertThat(sixtyFour).isNotNull();
        assertThat(sixtyFour.depth).isEqualTo(63);
        push();
        push();
        var top = live.newestLink();
        assertThat(top).isNotNull();
        assertThat(top.depth).isEqualTo(66);
        assertThat(all()).hasSize(66);
    }

    @Test
    void awaitAllAndSeal_waitsForWhatIsNotOver() throws Exception {
        var first = push();
        var second = push();
        var waits = Thread.ofPlatform().daemon().start(live::awaitAllAndSeal);
        while (waits.getState() != Thread.State.WAITING) {
            assertThat(waits.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        end(second);
        assertThat(live.isSealed()).isFalse();
        end(first);
        waits.join();
        assertThat(live.isSealed()).isTrue();
    }
}
