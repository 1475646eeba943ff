package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag(TestOptions.FRESH_THREADS)
@DisplayName("JobTree: pictures of trees with odd names, very wide and very deep ones")
final class JobTreePictureTest {
    private static final Duration QUICK = Duration.ofSeconds(30);

    @Test
    void picture_ofOddNames_staysOneLineForEachJob() throws Exception {
        var held = Held.body();
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            jobs.spawn("line\nfeed", held);
            jobs.spawn("red \u001b[31m alert\u0007", held);
            jobs.spawn("tab\tand\rreturn\u0085", held);
            jobs.spawn("naïve 名前 \uD83D\uDE80", held);
            held.awaitStarted();
            var lines = jobs.tree().toString().lines().toList();
            assertThat(lines).hasSize(5);
            assertThat(lines.get(1)).startsWith("├── line\\u000afeed #");
            assertThat(lines.get(2)).startsWith("├── red \\u001b[31m alert\\u0007 #");
            assertThat(lines.get(3)).startsWith("├── tab\\u0009and\\u000dreturn\\u0085 #");
            assertThat(lines.get(4)).startsWith("└── naïve 名前 \uD83D\uDE80 #");
            held.release();
        }
    }

    @Tag("slow")
    @Test
    void picture_ofAVeryWideScope_isQuick_andCountsTheRest() throws Exception {
        var jobs = Scheduler.open(TestOptions.limit(1).withoutPendingLimit());
        var held = Held.body();
        jobs.spawn("first", held);
        held.awaitStarted();
        int width = 300_000;
        for (int i = 1; i < width; i++) {
            jobs.spawn("wide", () -> 1);
        }
        var start = System.nanoTime();
        var tree = jobs.tree();
        var picture = tree.toString();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(QUICK);
        assertThat(tree.size()).isEqualTo(width);
        assertThat(tree.children().getFirst().name()).isEqualTo("first");
        assertThat(tree.children()).isSortedAccordingTo((a, b) -> Long.compare(a.id(), b.id()));
        assertThat(picture.lines().count()).isLessThan(60);
        assertThat(picture).endsWith("… " + (width - 49) + " more: " + (width - 49) + " PENDING");
        jobs.cancel();
        jobs.close();
    }

    /// Descends, and holds the deepest one.
    private static String descend(JobScope scope, int levels, Held<String> bottom) throws Exception {
        if (levels == 0) {
            return bottom.call();
        }
        JobBody<String> next = inner -> descend(inner, levels - 1, bottom);
        return scope.spawn("d", next).join();
    }

    @Test
    @Tag("full")
    void picture_ofAVeryDeepTree_isQuick_andCountsTheRest() throws Exception {
        int depth = 5_000;
        var jobs = Scheduler.open(TestOptions.limit(1));
        var held = Held.body();
        Job<String> root = jobs.spawn("root", scope -> descend(scope, depth, held));
        held.awaitStarted();
        var start = System.nanoTime();
        var tree = jobs.tree();
        var picture = tree.toString();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(QUICK);
        assertThat(tree.size()).isEqualTo(depth + 1);
        assertThat(picture.lines().count()).isLessThan(70);
        assertThat(picture).contains("more below");
        held.release();
        assertThat(root.join()).isEqualTo("done");
        jobs.close();
    }

    @Test
    @Tag("full")
    void cancel_ofATreeTenThousandDeep_endsEveryJob() throws Exception {
        var jobs = Scheduler.open(TestOptions.limit(1).withCloseTimeout(TestOptions.LONG));
        var held = Held.body();
        Job<String> root = jobs.spawn("r", scope -> descend(scope, 10_000, held));
        held.awaitStarted();
        assertThat(root.cancel()).isTrue();
        Outcomes.assertCancelled(root, CancelReason.REQUESTED);
        assertThat(jobs.tree().size()).isZero();
        assertThat(jobs.activeCount()).isZero();
        Outcomes.assertSucceeded(jobs.spawn("after", () -> 1), 1);
        jobs.close();
    }

    @Tag("slow")
    @Test
    void spawn_fromElsewhereIntoTheDeepestScope_runs() throws Exception {
        var jobs = Scheduler.open(TestOptions.limit(1));
        var held = Held.body();
        Job<String> root = jobs.spawn("r", scope -> descend(scope, 3_000, held));
        held.awaitStarted();
        Job<?> deepest = root;
        while (!deepest.children().isEmpty()) {
            deepest = deepest.children().getFirst();
        }
        var scope = EngineView.scope(deepest);
        Outcomes.assertSucceeded(Actor.start(() -> scope.spawn("late", () -> 5)).result(), 5);
        held.release();
        assertThat(root.join()).isEqualTo("done");
        jobs.close();
    }
}
