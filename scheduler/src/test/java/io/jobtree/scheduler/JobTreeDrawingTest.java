package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jobtree.scheduler.JobTree.Kind;
import io.jobtree.scheduler.JobTree.Ref;
import io.jobtree.scheduler.JobTree.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag(TestOptions.FRESH_THREADS)
@DisplayName("JobTree: how a picture is drawn, written as JSON, and searched for deadlocks")
final class JobTreeDrawingTest {
    private static final Optional<Wait> NO_WAIT = Optional.empty();

    private static JobTree scheduler(JobTree... children) {
        return new JobTree(
                "orders",
                "orders",
                0,
                Optional.empty(),
                Duration.ZERO,
                Optional.empty(),
                NO_WAIT,
                "open",
                List.of(children));
    }

    private static JobTree job(String name, long id, Optional<Wait> wait, JobTree... children) {
        return new JobTree(
                name,
                "orders/" + name,
                id,
                Optional.of(JobState.RUNNING),
                Duration.ofMillis(1_240),
                Optional.empty(),
                wait,
                "",
                List.of(children));
    }

    private static JobTree idle(String name, long id, JobTree... children) {
        return job(name, id, NO_WAIT, children);
    }

    private static Optional<Wait> forJob(String name, long id) {
        return Optional.of(new Wait(Kind.JOB, name, false, List.of(new Ref(id, name))));
    }

    private static Optional<Wait> forPlace(long... holders) {
        return Optional.of(new Wait(
                Kind.PLACE,
                "db",
                false,
                Arrays.stream(holders).mapToObj(id -> new Ref(id, "job")).toList()));
    }

    private static JobObjects json(JobTree tree) {
        return new JobObjects(JsonParser.parseString(tree.toJson()).getAsJsonObject());
    }

    private record JobObjects(JsonObject root) {
        JsonObject child(int index) {
            return root.getAsJsonArray("children").get(index).getAsJsonObject();
        }
    }

    @Test
    void toString_hasColumns_andSaysWhatIsWaitedFor() {
        var tree = scheduler(
                job("page", 17, forJob("user", 18), idle("user", 18), idle("a longer name", 19)),
                new JobTree(
                        "mail",
                        "orders/mail",
                        20,
                        Optional.of(JobState.PENDING),
                        Duration.ofMillis(3),
                        Optional.of(Duration.ofMillis(3_800)),
                        forPlace(17, 18, 19, 21),
                        "",
                        List.of()));

        assertThat(tree).hasToString("""
                orders  open
                ├── page #17               RUNNING  1.2 s  waits for user #18
                │   ├── user #18           RUNNING  1.2 s
                │   └── a longer name #19  RUNNING  1.2 s
                └── mail #20               PENDING   3 ms  waits for a place in db, held by job #17, job #18, job #19 and 1 more, 3.8 s left""");
    }

    private static JobTree[] scopes(int count, int leaves) {
        return IntStream.range(0, count)
                .mapToObj(i -> idle(
                        "scope",
                        i + 1,
                        IntStream.range(0, leaves)
                                .mapToObj(j -> idle("leaf", 1_000 + leaves * i + j))
                                .toArray(JobTree[]::new)))
                .toArray(JobTree[]::new);
    }

    @Test
    void toString_ofVeryManyLines_endsWithTheirNumber() {
        var lines = scheduler(scopes(50, 40)).toString().lines().toList();
        assertThat(lines).hasSize(1_001);
        assertThat(lines.getLast()).isEqualTo("… " + (50 * 41 + 1 - 1_000) + " more");
    }

    /// Where the last line falls into a scope that is folded itself, those are among the rest.
    @Test
    void toString_ofVeryManyLines_countsWhatIsFoldedBehindThem() {
        var lines = scheduler(scopes(30, 100)).toString().lines().toList();
        var folded = lines.stream().filter(line -> line.contains("… 51 more")).count();
        var shown = lines.stream().filter(line -> line.contains(" #")).count();
        assertThat(lines.getLast()).isEqualTo("… " + (30 * 101 - shown - 51 * folded) + " more");
    }

    @Test
    void toString_ofAVeryLongName_cutsTheLine_andLeavesOthersAlone() {
        var lines = scheduler(idle("x".repeat(5_000), 1), idle("short", 2))
                .toString()
                .lines()
                .toList();
        assertThat(lines.get(1)).hasSize(200).endsWith("…");
        assertThat(lines.get(2)).isEqualTo("└── short #2  RUNNING  1.2 s");
    }

    @Test
    void waits_ofJobsThatWaitForEachOther_isADeadlock() {
        var tree = scheduler(job("page", 1, forJob("user", 2)), job("user", 2, forJob("page", 1)), idle("mail", 3));
        assertThat(tree.waits()).isEqualTo("""
                page #1 waits for user #2
                user #2 waits for page #1
                deadlock: page #1 waits for user #2, user #2 waits for page #1""");
        assertThat(tree.toString())
                .contains("deadlock: waits for user #2", "deadlock: waits for page #1")
                .doesNotContain("mail #3  RUNNING  1.2 s  ");
    }

    @Test
    void waits_forAJobWithAWaitingChild_isADeadlock() {
        var child = job("child", 3, forJob("page", 1));
        var tree = scheduler(job("page", 1, forJob("user", 2)), idle("user", 2, child));
        assertThat(tree.waits())
                .endsWith(
                        "deadlock: page #1 waits for user #2, user #2 has child #3 below it, child #3 waits for page #1");
    }

    @Test
    void waits_ofAJobBesideADeadlock_isNotInTheCycle() {
        var tree = scheduler(
                job("outside", 9, forJob("page", 1)),
                job("page", 1, forJob("user", 2)),
                job("user", 2, forJob("page", 1)));
        assertThat(tree.waits())
                .contains("outside #9 waits for page #1")
                .endsWith("deadlock: page #1 waits for user #2, user #2 waits for page #1");
        assertThat(tree.toString().lines().filter(line -> line.contains("deadlock")))
                .hasSize(2);
    }

    @Test
    void waits_throughALimit_isADeadlockOnlyIfNoHolderGetsOn() {
        var first = job("first", 1, forJob("pending", 3));
        var pending = job("pending", 3, forPlace(1, 2));
        assertThat(scheduler(first, idle("second", 2), pending).waits()).doesNotContain("deadlock");
        var stuck = scheduler(first, job("second", 2, forJob("first", 1)), pending);
        assertThat(stuck.waits())
                .contains(
                        "deadlock: first #1 waits for pending #3, pending #3 waits for a place in db, held by job #1");
    }

    @Test
    void waits_withATimeout_endByThemselves() {
        var timed = Optional.of(new Wait(Kind.JOB, "user", true, List.of(new Ref(2, "user"))));
        var tree = scheduler(job("page", 1, timed), job("user", 2, forJob("page", 1)));
        assertThat(tree.waits()).isEqualTo("page #1 waits for user #2 with a timeout\nuser #2 waits for page #1");
    }

    @Test
    void waits_atALimit_areCounted_withThoseThatHoldIt() {
        var tree = scheduler(idle("job", 1), job("b", 2, forPlace(1, 77)), job("c", 3, forPlace(1, 77)));
        assertThat(tree.waits()).isEqualTo("""
                2 jobs wait for a place in db, the first for 1.2 s: b #2
                    held by job #1  RUNNING  1.2 s
                    held by job #77""");
    }

    @Tag("slow")
    @Test
    void waits_inALongChain_areSettledQuickly() {
        int count = 20_000;
        var jobs = IntStream.rangeClosed(1, count)
                .mapToObj(i -> job("j", i, i == count ? NO_WAIT : forJob("j", i + 1)))
                .toArray(JobTree[]::new);
        long start = System.nanoTime();
        assertThat(scheduler(jobs).waits()).doesNotContain("deadlock");
        jobs[count - 1] = job("j", count, forJob("j", 1));
        assertThat(scheduler(jobs).waits()).contains("deadlock");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    /// What takes the square of their number would need minutes.
    @Test
    @Timeout(20)
    void waits_inAnyOrder_areSettledQuickly() {
        int count = 20_000;
        var ids = new ArrayList<>(IntStream.rangeClosed(1, count).boxed().toList());
        Collections.shuffle(ids, new Random(1));
        var jobs = IntStream.range(0, count)
                .mapToObj(i -> job("j", ids.get(i), i == count - 1 ? NO_WAIT : forJob("j", ids.get(i + 1))))
                .sorted(Comparator.comparingLong(JobTree::id))
                .toArray(JobTree[]::new);
        assertThat(scheduler(jobs).waits()).doesNotContain("deadlock");
        var last = ids.getLast();
        jobs[last - 1] = job("j", last, forJob("j", ids.getFirst()));
        assertThat(scheduler(jobs).waits().lines().filter(line -> line.startsWith("deadlock")))
                .hasSize(1);
    }

    @Test
    @Timeout(20)
    void waitsOfMany_forAScopeWhoseLastJobWaitsForThem_areSettledQuickly() {
        int count = 20_000;
        var others = LongStream.range(count, 2L * count)
                .mapToObj(id -> new Ref(id, "other"))
                .toList();
        var shared = Optional.of(new Wait(Kind.IDLE, "others", false, others));
        var jobs = IntStream.range(0, 2 * count)
                .mapToObj(i -> job("j", i, i < count ? shared : i == 2 * count - 1 ? forJob("j", 1) : NO_WAIT))
                .toArray(JobTree[]::new);
        assertThat(scheduler(jobs).waits())
                .endsWith("deadlock: j #" + (2 * count - 1) + " waits for j #1, j #1 waits until others is idle");
    }

    @Test
    void toJson_hasTheDocumentedNames() {
        var mail = new JobTree(
                "mail",
                "orders/mail",
                20,
                Optional.of(JobState.PENDING),
                Duration.ofNanos(3_200_000),
                Optional.of(Duration.ofMillis(3_800)),
                forPlace(17),
                "shielded",
                List.of());
        var json = json(scheduler(mail, job("a", 1, forJob("b", 2)), job("b", 2, forJob("a", 1))));
        assertThat(json.root().keySet()).containsExactly("name", "path", "note", "children");
        assertThat(json.child(0))
                .hasToString("{\"name\":\"mail\",\"path\":\"orders/mail\",\"id\":20,"
                        + "\"state\":\"PENDING\",\"ageSeconds\":0.003200,\"secondsLeft\":3.800000,"
                        + "\"waitsFor\":{\"kind\":\"PLACE\",\"name\":\"db\",\"timed\":false,\"jobCount\":1,"
                        + "\"jobs\":[{\"id\":17,\"name\":\"job\"}]},\"note\":\"shielded\",\"children\":[]}");
        assertThat(json.child(1).get("deadlock").getAsBoolean()).isTrue();
    }

    @Test
    void toJson_namesSixteenHoldersAtMost() {
        var wait = forPlace(IntStream.rangeClosed(1, 100).asLongStream().toArray());
        var waitsFor = json(scheduler(job("a", 200, wait))).child(0).getAsJsonObject("waitsFor");
        assertThat(waitsFor.get("jobCount").getAsInt()).isEqualTo(100);
        assertThat(waitsFor.getAsJsonArray("jobs")).hasSize(16);
    }

    @Test
    void toJson_ofOddNames_isRead_andCanStandInAPage() {
        var odd = "q\" b\\ n\n t\t e\u001b </script> \u2028 名 \uD83D\uDE80 \uD83D";
        var tree = scheduler(idle(odd, 1));
        assertThat(json(tree).child(0).get("name").getAsString()).isEqualTo(odd);
        assertThat(tree.toJson()).doesNotContain("<", "\u2028", "\n", "\uD83D\"");
    }

    @Test
    void toJson_ofAVeryDeepTree_isWhole() {
        var tree = idle("d", 1);
        for (int i = 2; i <= 20_000; i++) {
            tree = idle("d", i, tree);
        }
        assertThat(tree.toJson()).endsWith("]}".repeat(20_000)).contains("\"id\":20000,");
    }

    @Test
    void equals_andHashCode_areOfEveryLevel_howeverDeepTheTree() {
        assertThat(chain(20_000, "bottom"))
                .isEqualTo(chain(20_000, "bottom"))
                .hasSameHashCodeAs(chain(20_000, "bottom"))
                .isNotEqualTo(chain(20_000, "another"))
                .isNotEqualTo(chain(19_999, "bottom"))
                .isNotEqualTo("a picture");
    }

    private static JobTree chain(int depth, String bottom) {
        var tree = level(bottom, List.of());
        for (int i = 0; i < depth; i++) {
            tree = level("level", List.of(tree));
        }
        return tree;
    }

    private static JobTree level(String name, List<JobTree> children) {
        return new JobTree(
                name,
                "path",
                1,
                Optional.of(JobState.RUNNING),
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                "",
                children);
    }
}
