package io.jobtree.benchmarks.report;

import io.jobtree.benchmarks.WorkBenchmark;
import io.jobtree.benchmarks.report.Goal.Sense;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The numbers to reach.
final class Goals {
    private static final Map<String, String> THOUSAND = Map.of("jobs", "1000");
    private static final Map<String, String> HUNDRED_THOUSAND = Map.of("jobs", "100000");

    private Goals() {}

    static List<Goal> all() {
        var goals = new ArrayList<Goal>();
        spawning(goals);
        limits(goals);
        work(goals);
        roundTrip(goals);
        trees(goals);
        closing(goals);
        memory(goals);
        observers(goals);
        return goals;
    }

    private static void spawning(List<Goal> goals) {
        for (String thread : List.of("Platform", "Virtual")) {
            String question = "SpawnFrom" + thread + "Thread";
            var ours = Side.time(question, "jobtree", THOUSAND);
            String what = "spawn and complete 1,000 jobs from a " + thread.toLowerCase(Locale.ROOT) + " thread, ";
            goals.add(speed(what + "raw scope", ours, "rawScope", 1.0));
            var garbage = new Side(question, "jobtree", THOUSAND, Side.ALLOCATION);
            goals.add(extra(what + "bytes allocated for each, raw scope", garbage, garbage.with("rawScope"), 130));
        }
        var one = Side.time("SpawnFromVirtualThread", "jobtree", Map.of("jobs", "1"));
        goals.add(cost("open, one job, close; raw scope", one, one.with("rawScope"), 3));
        var single = Side.time("SpawnFromVirtualThread", "jobtree", HUNDRED_THOUSAND);
        var four = Side.time("ManySpawnersBenchmark", "jobtree", HUNDRED_THOUSAND);
        goals.add(new Goal("100,000 jobs from four spawners, from one", four, Optional.of(single), Sense.SPEED, 1.25));
    }

    private static void limits(List<Goal> goals) {
        for (String thread : List.of("Platform", "Virtual")) {
            String question = "LimitedSpawnFrom" + thread + "Thread";
            var ours = Side.time(question, "jobtree", THOUSAND);
            var unlimited = Side.time("SpawnFrom" + thread + "Thread", "rawScope", THOUSAND);
            String what = "1,000 jobs at limit 100 from a " + thread.toLowerCase(Locale.ROOT) + " thread, ";
            goals.add(new Goal(what + "raw scope without a limit", ours, Optional.of(unlimited), Sense.SPEED, 0.95));
            var reuse = ours.with("jobtreeReuse");
            String reusing = what + "with thread reuse, ";
            goals.add(speed(reusing + "bare executor", reuse, "executorUnlimited", 1.5));
            goals.add(speed(reusing + "executor behind a semaphore", reuse, "executor", 2));
            goals.add(speed(reusing + "Kotlin launch behind a semaphore", reuse, "kotlin", 1.5));
            var garbage = new Side(question, "jobtreeReuse", THOUSAND, Side.ALLOCATION);
            goals.add(atMost(reusing + "bytes allocated for each job", garbage, 150));
        }
    }

    private static void work(List<Goal> goals) {
        for (var work : WorkBenchmark.Work.values()) {
            var ours = Side.time("WorkBenchmark", "jobtree", Map.of("work", work.name()));
            String what = work.name().toLowerCase(Locale.ROOT) + ", 1,000 jobs at limit 100, ";
            goals.add(speed(what + "executor behind a semaphore", ours, "executor", 1.0));
        }
    }

    private static void roundTrip(List<Goal> goals) {
        var ours = Side.time("RoundTripBenchmark", "jobtree", Map.of());
        goals.add(cost("spawn to joined, fork into an open raw scope and get", ours, ours.with("rawFork"), 1.4));
    }

    private static void trees(List<Goal> goals) {
        var bushy = Side.time("TreeBenchmark", "jobtree", Map.of("shape", "10x3"));
        var slim = Side.time("TreeBenchmark", "jobtree", Map.of("shape", "2x10"));
        goals.add(speed("tree 10 wide 3 deep, nested raw scopes", bushy, "rawScope", 0.75));
        goals.add(speed("tree 10 wide 3 deep, Jox", bushy, "jox", 1.5));
        goals.add(speed("tree 2 wide 10 deep, nested raw scopes", slim, "rawScope", 0.9));
        goals.add(speed("tree 2 wide 10 deep, Jox", slim, "jox", 1.5));
    }

    private static void closing(List<Goal> goals) {
        var ours = Side.time("CloseBenchmark", "jobtree", Map.of("jobs", "10000"));
        var million = Side.time("CloseBenchmark", "jobtree", Map.of("jobs", "1000000"));
        goals.add(cost("cancel and close 10,000 sleeping jobs, raw scope", ours, ours.with("rawScope"), 1.3));
        goals.add(cost("close for each of 1,000,000 jobs, for each of 10,000", million, ours, 1.5));
    }

    private static void memory(List<Goal> goals) {
        var pending = new Side("MemoryBenchmark", "jobtree", Map.of("kind", "PENDING"), Side.HEAP);
        var sleeping = new Side("MemoryBenchmark", "jobtree", Map.of("kind", "SLEEPING"), Side.HEAP);
        goals.add(atMost("heap of a pending job, bytes", pending, 128));
        goals.add(cost("heap of a sleeping job, bare virtual thread", sleeping, sleeping.with("threads"), 1.3));
        var million = Side.time("CapacityBenchmark", "jobtree", Map.of("jobs", "1100000"));
        var fewer = Side.time("CapacityBenchmark", "jobtree", Map.of("jobs", "110000"));
        goals.add(cost("spawn of each of 1,000,000 pending and 100,000 sleeping, of a tenth", million, fewer, 1.5));
    }

    private static void observers(List<Goal> goals) {
        var none = Side.time("ObserverBenchmark", "jobtree", THOUSAND);
        goals.add(cost("telemetry through the noop API, no observer", none.with("telemetryOff"), none, 1.05));
        var test = Side.time("CleanTestBenchmark", "leakCheck", Map.of());
        goals.add(extra("a clean test with the leak check, without", test, test.with("unchecked"), 50_000));
        var byHand = none.with("sameSpanAndMetrics");
        goals.add(extra("spans and metrics by the SDK, the same by hand", none.with("telemetryOn"), byHand, 100));
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
