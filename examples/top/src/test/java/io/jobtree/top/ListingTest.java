package io.jobtree.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.JobTree.Kind;
import io.jobtree.scheduler.JobTree.Ref;
import io.jobtree.scheduler.JobTree.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The lines of `jobtree top`, and how trees get there.
final class ListingTest {
    private final Listing listing = new Listing();

    private static JobTree scheduler(JobTree... children) {
        return new JobTree(
                "shop",
                "shop",
                0,
                Optional.empty(),
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                "open",
                List.of(children));
    }

    private static JobTree job(String name, long id, JobTree... children) {
        var wait = new Wait(Kind.PLACE, "db", false, List.of(new Ref(99, "holder")));
        return new JobTree(
                name,
                "shop/" + name,
                id,
                Optional.of(JobState.RUNNING),
                Duration.ofMillis(1_500),
                Optional.of(Duration.ofSeconds(2)),
                Optional.of(wait),
                "shielded",
                List.of(children));
    }

    private List<String> texts() {
        return listing.lines().stream().map(Listing.Line::text).toList();
    }

    @Test
    void tree_isReadAsItWasWritten() {
        var tree = scheduler(job("page", 1, job("user \"名\"", 2)), job("mail", 3));
        assertThat(TreeReader.read(tree.toJson())).isEqualTo(tree);
    }

    @Test
    void tree_deeperThanTheStack_isRead() {
        var tree = job("leaf", 10_000);
        for (int i = 9_999; i > 0; i--) {
            tree = job("job", i, tree);
        }
        int depth = 1;
        for (var at = TreeReader.read(tree.toJson());
                !at.children().isEmpty();
                at = at.children().getFirst()) {
            depth++;
        }
        assertThat(depth).isEqualTo(10_000);
    }

    @Test
    void treeReadWithANote_hasItInPlaceOfItsOwn() {
        var tree = job("page", 1, job("user", 2));
        var read = TreeReader.read(tree.toJson(), "limit 4");
        assertThat(read.note()).isEqualTo("limit 4");
        assertThat(read.children()).isEqualTo(tree.children());
    }

    @Test
    void lines_areThoseOfTheTree_eachWithItsJob() {
        var tree = scheduler(job("page", 1, job("user", 2)), job("mail", 3));
        listing.show(List.of(tree));
        assertThat(String.join("\n", texts())).isEqualTo(tree.toString());
        assertThat(listing.selectedJob()).isEmpty();
        listing.move(2);
        assertThat(listing.selectedJob().orElseThrow().name()).isEqualTo("user");
    }

    @Test
    void toggle_foldsTheSelectedJob_andUnfoldsIt() {
        var tree = scheduler(job("page", 1, job("user", 2), job("cart", 4)), job("mail", 3));
        listing.show(List.of(tree));
        listing.move(1);
        listing.toggle();
        listing.show(List.of(tree));
        assertThat(texts()).hasSize(3);
        assertThat(texts().get(1)).contains("page #1", "+ 2 folded");
        listing.toggle();
        listing.show(List.of(tree));
        assertThat(texts()).hasSize(5);
    }

    @Test
    void selection_staysWithTheJob_andIsClampedWhereItIsGone() {
        listing.show(List.of(scheduler(job("page", 1), job("mail", 3))));
        listing.move(9);
        assertThat(listing.selectedJob().orElseThrow().name()).isEqualTo("mail");
        listing.show(List.of(scheduler(job("new", 0), job("page", 1), job("mail", 3))));
        assertThat(listing.selectedJob().orElseThrow().name()).isEqualTo("mail");
        listing.show(List.of(scheduler()));
        assertThat(listing.selected()).isZero();
    }

    @Test
    void lines_ofAVeryWideScope_areFewer_andOfAVeryDeepTreeToo() {
        var wide = IntStream.range(0, 200).mapToObj(i -> job("j", i + 1)).toArray(JobTree[]::new);
        listing.show(List.of(scheduler(wide), scheduler(job("next", 500))));
        assertThat(texts()).hasSize(1 + 40 + 2);
        assertThat(texts().get(40)).endsWith("… 161 more");
        assertThat(listing.lines().getLast().job()).isNotNull();
        var deep = job("d", 1);
        for (int i = 2; i <= 100; i++) {
            deep = job("d", i, deep);
        }
        listing.show(List.of(scheduler(deep)));
        assertThat(texts()).hasSize(26);
        assertThat(texts().getLast()).contains("+ 75 folded");
    }
}
