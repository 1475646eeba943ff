package io.jobtree.scheduler.junit5.report;

import io.jobtree.scheduler.junit5.ExpectLeakedJobs;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.leak.Cancelled;
import io.jobtree.scheduler.junit5.leak.JobLeak;
import io.jobtree.scheduler.junit5.leak.Leaks;
import io.jobtree.scheduler.junit5.leak.SchedulerLeak;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Leaks for people. The first line names the first leak, since it is all that a build's summary shows.
public final class FailureText {
    private final Leaks leaks;
    private final String tree;
    private final Cancelled cancelled;
    private final int maxReported;
    private final @Nullable ExpectLeakedJobs expected;
    private final @Nullable Path timeline;

    /// What there is to say.
    ///
    /// @param tree the jobs as they were then
    /// @param origin what it is reported for
    /// @param timeline the page that shows the jobs; null if there is none
    public FailureText(
            Leaks leaks,
            String tree,
            Cancelled cancelled,
            Origin origin,
            @Nullable ExpectLeakedJobs expected,
            @Nullable Path timeline) {
        this.leaks = leaks;
        this.tree = tree;
        this.cancelled = cancelled;
        this.maxReported = origin.settings().maxReported();
        this.expected = expected;
        this.timeline = timeline;
    }

    /// From the place of the first leak outwards, so that an IDE jumps there.
    public StackTraceElement[] stack() {
        List<StackTraceElement> first = Stream.concat(Stream.of(firstSite()), allSites())
                .filter(site -> !site.isEmpty())
                .findFirst()
                .orElse(List.of());
        return Frames.fromUsers(first).toArray(StackTraceElement[]::new);
    }

    private Stream<List<StackTraceElement>> allSites() {
        return Stream.of(
                        leaks.jobs().stream().map(JobLeak::site),
                        leaks.threads().stream().map(ThreadLeak::site),
                        leaks.schedulers().stream().map(SchedulerLeak::site))
                .flatMap(sites -> sites);
    }

    /// Of the leak that the headline names.
    private List<StackTraceElement> firstSite() {
        if (!leaks.jobs().isEmpty()) {
            return leaks.jobs().getFirst().site();
        } else if (!leaks.threads().isEmpty()) {
            return leaks.threads().getFirst().site();
        } else if (!leaks.schedulers().isEmpty()) {
            return leaks.schedulers().getFirst().site();
        }
        return leaks.unobserved().isEmpty()
                ? List.of()
                : List.of(leaks.unobserved().getFirst().failure().getStackTrace());
    }

    @Override
    public String toString() {
        var blocks = new Blocks();
        blocks.line(headline());
        if (expected != null) {
            blocks.line("  @ExpectLeakedJobs: " + expected.reason());
        }
        describe(blocks, "job", leaks.jobs(), LeakGroups.ofJobs(leaks.jobs()), LeakBlock::ofJobs);
        describe(
                blocks,
                "thread",
                leaks.threads(),
                LeakGroups.ofThreads(leaks.threads()),
                alike -> ThreadBlock.of(alike, leaks.test()));
        leaks.schedulers().stream().limit(maxReported).forEach(scheduler -> new LeakBlock(scheduler).writeTo(blocks));
        blocks.more(leaks.schedulers().size() - maxReported, "scheduler");
        leaks.unobserved().stream().limit(maxReported).forEach(failure -> new LeakBlock(failure).writeTo(blocks));
        blocks.more(leaks.unobserved().size() - maxReported, "failure");
        blocks.section("The tree", tree.lines().toList());
        blocks.section("To fix it, best first", new Advice(leaks).lines());
        blocks.section("Afterwards", afterwards());
        return blocks.toString();
    }

    /// Those that are alike are described once.
    private <T> void describe(
            Blocks blocks, String noun, List<T> all, List<List<T>> groups, Function<List<T>, LeakBlock> block) {
        int described = 0;
        for (List<T> group : groups.subList(0, Math.min(groups.size(), maxReported))) {
            block.apply(group).writeTo(blocks);
            described += group.size();
        }
        blocks.more(all.size() - described, noun);
    }

    private String headline() {
        if (expected != null) {
            return expectedHeadline(expected);
        }
        String what = counts();
        if (what.isEmpty()) {
            return Texts.count(leaks.unobserved().size(), "failure") + " that nobody waited for in " + leaks.test()
                    + place(": " + failed() + ", thrown");
        }
        boolean isLowerBound = leaks.threads().stream().anyMatch(ThreadLeak::isLowerBound);
        return (isLowerBound ? "at least " : "") + what + " leaked from " + leaks.test() + place(": " + first());
    }

    /// `2 jobs and 1 executor`
    public String counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put("job", leaks.jobs().size());
        for (ThreadLeak leak : leaks.threads()) {
            counts.merge(noun(leak), leak.isThread() ? leak.count() : 1, Integer::sum);
        }
        counts.put("open scheduler", leaks.schedulers().size());
        List<String> parts = counts.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .map(entry -> Texts.count(entry.getValue(), entry.getKey()))
                .toList();
        return parts.size() < 2
                ? String.join("", parts)
                : String.join(", ", parts.subList(0, parts.size() - 1)) + " and " + parts.getLast();
    }

    private static String noun(ThreadLeak leak) {
        return switch (leak.kind()) {
            case EXECUTOR -> "open executor";
            case TASK_SCOPE -> "open task scope";
            case TIMER -> "timer";
            case HTTP_CLIENT -> "HTTP client";
            case CLEANER -> "cleaner";
            default -> leak.isVirtual() ? "virtual thread" : "thread";
        };
    }

    private String expectedHeadline(ExpectLeakedJobs wanted) {
        String leaked =
                leaks.isEmpty() ? "nothing leaked" : Texts.count(leaks.jobs().size(), "job") + " leaked";
        String hint = leaks.isEmpty() ? "; if the leak is gone, remove the annotation" : "";
        return leaks.test() + " was expected to leak "
                + (wanted.count() == ExpectLeakedJobs.AT_LEAST_ONE ? "jobs" : Texts.count(wanted.count(), "job"))
                + ", but " + leaked + hint;
    }

    /// The first leak, up to its place.
    private String first() {
        if (!leaks.jobs().isEmpty()) {
            long places = leaks.jobs().stream()
                    .map(job -> job.spawnedAt().first())
                    .distinct()
                    .count();
            String first = leaks.jobs().getFirst().path();
            if (leaks.jobs().size() == 1) {
                return first + ", spawned";
            }
            return places == 1 ? "all spawned" : first + " first, spawned";
        }
        if (!leaks.threads().isEmpty()) {
            return first(leaks.threads().getFirst());
        }
        return leaks.schedulers().size() == 1
                ? "'" + leaks.schedulers().getFirst().name() + "', opened"
                : "the first opened";
    }

    private String first(ThreadLeak leak) {
        String started =
                leak.startedIn().isEmpty() || leak.startedIn().equals(leaks.test()) ? "" : ", of " + leak.startedIn();
        String verb = leak.isThread() ? ", created" : leak.isMakersSite() ? ", opened" : ", first used";
        return (leaks.threads().size() == 1 ? "" : "first ") + LeakTitle.of(leak) + started + verb;
    }

    private String failed() {
        return leaks.unobserved().getFirst().path() + (leaks.unobserved().size() == 1 ? "" : " first");
    }

    private String place(String verb) {
        StackTraceElement frame = Frames.of(firstSite()).first();
        if (frame != null) {
            return verb + " at " + Frames.shortMethod(frame) + "(" + Frames.line(frame) + ")";
        }
        // Without a place the verb says nothing.
        return firstSite().isEmpty() ? verb.substring(0, verb.lastIndexOf(',')) : verb + " by the JDK";
    }

    private List<String> afterwards() {
        List<String> lines = new ArrayList<>();
        boolean isStillOn = !cancelled.done() && leaks.waited().isZero();
        if (timeline != null) {
            lines.add("To look at what its jobs did, open " + timeline);
        }
        if (leaks.isEmpty() || isStillOn) {
            return lines;
        }
        lines.add("Waited " + Texts.age(leaks.waited()) + " after the clean-up for it to end by itself.");
        if (!cancelled.done()) {
            lines.add("All of it was left as it was.");
            return lines;
        }
        List<String> done = new ArrayList<>();
        if (cancelled.jobs() > 0) {
            done.add("cancelled " + Texts.count(cancelled.jobs(), "job"));
        }
        if (cancelled.schedulers() > 0) {
            done.add("closed " + Texts.count(cancelled.schedulers(), "scheduler"));
        }
        if (!done.isEmpty()) {
            String sentence = String.join(", ", done) + ", in " + Texts.age(cancelled.took());
            lines.add(Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1) + ".");
        }
        if (!cancelled.survivors().isEmpty()) {
            lines.add("STILL RUNNING, and may disturb later tests: "
                    + cancelled.survivors().stream()
                            .limit(maxReported)
                            .map(job -> job.path() + " #" + job.id())
                            .collect(Collectors.joining(", ")));
        }
        if (!leaks.threads().isEmpty()) {
            lines.add(
                    "Threads and executors were left as they were: nothing but the code that opened them can end them safely.");
        }
        return lines;
    }
}
