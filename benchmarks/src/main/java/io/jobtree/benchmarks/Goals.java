package io.jobtree.benchmarks;

import io.jobtree.benchmarks.Goal.Sense;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The numbers to reach.
final class Goals {
    private static final Map<String, String> THOUSAND = Map.of("jobs", "1000");

    private Goals() {}

    static List<Goal> all() {
        var goals = new ArrayList<Goal>();
        spawning(goals);
        limits(goals);
        roundTrip(goals);
        trees(goals);
        closing(goals);
        memory(goals);
        observers(goals);
        return goals;
    }

    private static void spawning(List<Goal> goals) {
        for (String thread : List.of("Platform", "Virtual")) {
            var ours = Side.time("SpawnFrom" + thread + "Thread", "jobtree", THOUSAND);
            String what = "spawn and complete 1,000 jobs from a " + thread.toLowerCase(Locale.ROOT) + " thread, ";
            goals.add(speed(what + "raw scope", ours, "rawScope", 0.95));
            goals.add(speed(what + "Kotlin launch", ours, "kotlin", 1.1));
            goals.add(speed(what + "Jox", ours, "jox", 3));
        }
    }

    private static void limits(List<Goal> goals) {
        for (String thread : List.of("Platform", "Virtual")) {
            String question = "LimitedSpawnFrom" + thread + "Thread";
            var ours = Side.time(question, "jobtree", THOUSAND);
            String what = "1,000 jobs at limit 100 from a " + thread.toLowerCase(Locale.ROOT) + " thread, ";
            goals.add(speed(what + "executor behind a semaphore", ours, "executor", 1.0));
            var reuse = ours.with("jobtreeReuse");
            goals.add(speed(what + "with thread reuse, bare executor", reuse, "executorUnlimited", 1.5));
            var garbage = new Side(question, "jobtreeReuse", THOUSAND, Side.ALLOCATION);
            goals.add(atMost(what + "with thread reuse, bytes allocated for each job", garbage, 120));
        }
    }

    private static void roundTrip(List<Goal> goals) {
        var ours = Side.time("RoundTripBenchmark", "jobtree", Map.of());
        goals.add(cost("spawn to joined, fork into an open raw scope and get", ours, ours.with("rawFork"), 1.6));
    }

    private static void trees(List<Goal> goals) {
        var bushy = Side.time("TreeBenchmark", "jobtree", Map.of("shape", "10x3"));
        var slim = Side.time("TreeBenchmark", "jobtree", Map.of("shape", "2x10"));
        goals.add(speed("tree 10 wide 3 deep, nested raw scopes", bushy, "rawScope", 0.65));
        goals.add(speed("tree 10 wide 3 deep, Jox", bushy, "jox", 1.5));
        goals.add(speed("tree 2 wide 10 deep, nested raw scopes", slim, "rawScope", 0.85));
        goals.add(speed("tree 2 wide 10 deep, Jox", slim, "jox", 1.5));
    }

    private static void closing(List<Goal> goals) {
        var ours = Side.time("CloseBenchmark", "jobtree", Map.of("jobs", "10000"));
        var million = Side.time("CloseBenchmark", "jobtree", Map.of("jobs", "1000000"));
        goals.add(cost("cancel and close 10,000 sleeping jobs, raw scope", ours, ours.with("rawScope"), 1.5));
        goals.add(cost("close for each of 1,000,000 jobs, for each of 10,000", million, ours, 1.5));
    }

    private static void memory(List<Goal> goals) {
        var pending = new Side("MemoryBenchmark", "jobtree", Map.of("kind", "PENDING"), Side.HEAP);
        var sleeping = new Side("MemoryBenchmark", "jobtree", Map.of("kind", "SLEEPING"), Side.HEAP);
        goals.add(atMost("heap of a pending job, bytes", pending, 160));
        goals.add(cost("heap of a sleeping job, bare virtual thread", sleeping, sleeping.with("threads"), 1.3));
        var million = Side.time("CapacityBenchmark", "jobtree", Map.of("jobs", "1100000"));
        var fewer = Side.time("CapacityBenchmark", "jobtree", Map.of("jobs", "110000"));
        goals.add(cost("spawn of each of 1,000,000 pending and 100,000 sleeping, of a tenth", million, fewer, 1.5));
    }

    private static void observers(List<Goal> goals) {
        var none = Side.time("ObserverBenchmark", "jobtree", THOUSAND);
        goals.add(cost("telemetry through the noop API, no observer", none.with("telemetryOff"), none, 1.05));
        var span = none.with("bareSpan");
        var test = Side.time("CleanTestBenchmark", "leakCheck", Map.of());
        goals.add(extra("a clean test with the leak check, without", test, test.with("unchecked"), 50_000));
        goals.add(extra("spans by the SDK, a bare span by hand", none.with("spansOn"), span, 300));
        goals.add(extra("spans and metrics by the SDK, a bare span by hand", none.with("telemetryOn"), span, 300));
    }

    private static Goal speed(String text, Side ours, String baseline, double bound) {
        return new Goal(text, ours, Optional.of(ours.with(baseline)), Sense.SPEED, bound);
    }

    private static Goal cost(String text, Side ours, Side baseline, double bound) {
        return new Goal(text, ours, Optional.of(baseline), Sense.COST, bound);
    }

    private static Goal extra(String text, Side ours, Side baseline, double bound) {
        return new Goal(text, ours, Optional.of(baseline), Sense.EXTRA, bound);
    }

    private static Goal atMost(String text, Side ours, double bound) {
        return new Goal(text, ours, Optional.empty(), Sense.COST, bound);
    }
}
