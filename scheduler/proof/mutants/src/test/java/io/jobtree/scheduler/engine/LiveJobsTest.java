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
        Parts.end(job);
        job.link.job = null;
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
        assertThat(live.list()).isEqualTo(List.of(first));
        assertThat(live.count(job -> true)).isOne();
        assertThat(live.isIdle()).isFalse();
        end(first);
        assertThat(all()).isEmpty();
        assertThat(live.isIdle()).isTrue();
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
    void newest_skipsWhatIsDone() {
        var first = push();
        var second = push();
        assertThat(live.newest()).isSameAs(second);
        assertThat(live.top()).isSameAs(second.link);
        end(second);
        assertThat(live.newest()).isSameAs(first);
        end(first);
        assertThat(live.newest()).isNull();
    }

    @Test
    void sealOrNewest_dropsWhatItHasPassed() {
        var first = push();
        for (int i = 0; i < 10; i++) {
            end(push());
        }
        var top = live.top();
        assertThat(live.sealOrNewest()).isSameAs(first);
        assertThat(top).isNotNull();
        assertThat(top.older).isSameAs(first.link);
    }

    @Test
    void ended_sweepsWhatIsBelow_nowAndThen() {
        var first = push();
        var second = push();
        var last = push().link;
        end(second);
        live.ended(last, 63);
        assertThat(last.older).isNotNull();
        assertThat(last.older.job).isNull();
        live.ended(last, 64);
        assertThat(last.older).isSameAs(first.link);
    }

    @Test
    void push_sweepsNowAndThen() {
        var first = push();
        for (int i = 0; i < 62; i++) {
            end(push());
        }
        var sixtyFourth = push();
        assertThat(sixtyFourth.link.older).isNotSameAs(first.link);
        end(sixtyFourth);
        var last = push();
        assertThat(last.link.older).isSameAs(first.link);
        for (int i = 0; i < 62; i++) {
            end(push());
        }
        assertThat(push().link.older).isSameAs(last.link);
        assertThat(all()).hasSize(3);
    }

    @Test
    void push_sweepsAtTwiceWhatWasLeft() {
        for (int i = 0; i < 65; i++) {
            push();
        }
        var before = push();
        for (int i = 0; i < 63; i++) {
            end(push());
        }
        var last = push();
        assertThat(last.link.older).isNotSameAs(before.link);
        assertThat(push().link.older).isSameAs(last.link);
        assertThat(last.link.older).isSameAs(before.link);
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
