package io.jobtree.scheduler.junit5;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The findings for people. The first line names the guilty one, for it is all that a build's summary shows.
final class FailureText {
    private final Findings findings;
    private final Aftermath aftermath;
    private final Settings settings;
    private final @Nullable ExpectLeakedJobs expected;

    FailureText(Findings findings, Aftermath aftermath, Settings settings, @Nullable ExpectLeakedJobs expected) {
        this.findings = findings;
        this.aftermath = aftermath;
        this.settings = settings;
        this.expected = expected;
    }

    /// From the guilty line outwards, so that an IDE jumps there.
    StackTraceElement[] guiltyStack() {
        return Frames.fromUsers(firstSite()).toArray(StackTraceElement[]::new);
    }

    private List<StackTraceElement> firstSite() {
        return Stream.of(
                        findings.jobs().stream().map(JobLeak::site),
                        findings.threads().stream().map(ThreadLeak::site),
                        findings.schedulers().stream().map(SchedulerLeak::site),
                        findings.unobserved().stream()
                                .map(failure -> List.of(failure.failure().getStackTrace())))
                .flatMap(sites -> sites)
                .filter(site -> !site.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    @Override
    public String toString() {
        var blocks = new Blocks();
        blocks.line(headline());
        if (expected != null) {
            blocks.line("  @ExpectLeakedJobs: " + expected.reason());
        }
        describe(blocks, "job", findings.jobs(), LeakGroups.ofJobs(findings.jobs()), LeakBlock::ofJobs);
        describe(blocks, "thread", findings.threads(), LeakGroups.ofThreads(findings.threads()), LeakBlock::ofThreads);
        findings.schedulers().stream()
                .limit(settings.maxReported())
                .forEach(scheduler -> new LeakBlock(scheduler).writeTo(blocks));
        blocks.more(findings.schedulers().size() - settings.maxReported(), "scheduler");
        findings.unobserved().stream()
                .limit(settings.maxReported())
                .forEach(failure -> new LeakBlock(failure).writeTo(blocks));
        blocks.more(findings.unobserved().size() - settings.maxReported(), "failure");
        blocks.section("The tree", findings.tree().lines().toList());
        blocks.section("To mend it, best first", new Advice(findings).lines());
        blocks.section("Afterwards", afterwards());
        return blocks.toString();
    }

    /// Those that are alike are told once.
    private <T> void describe(
            Blocks blocks, String noun, List<T> all, List<List<T>> groups, Function<List<T>, LeakBlock> block) {
        int told = 0;
        for (List<T> group : groups.subList(0, Math.min(groups.size(), settings.maxReported()))) {
            block.apply(group).writeTo(blocks);
            told += group.size();
        }
        blocks.more(all.size() - told, noun);
    }

    private String headline() {
        if (expected != null) {
            return expectedHeadline(expected);
        }
        List<String> what = new ArrayList<>();
        add(what, findings.jobs().size(), "job");
        List<ThreadLeak> containers = findings.containers();
        int scopes = Math.toIntExact(containers.stream()
                .filter(leak -> leak.container() != null && leak.container().isTaskScope())
                .count());
        add(what, findings.threads().size() - containers.size(), "virtual thread");
        add(what, containers.size() - scopes, "open executor");
        add(what, scopes, "open task scope");
        add(what, findings.schedulers().size(), "open scheduler");
        if (what.isEmpty()) {
            return Texts.count(findings.unobserved().size(), "failure") + " that nobody waited for in "
                    + findings.test() + place(": " + failed() + ", thrown");
        }
        return join(what) + " leaked from " + findings.test() + place(": " + guilty());
    }

    private String expectedHeadline(ExpectLeakedJobs wanted) {
        String leaked = findings.isEmpty()
                ? "nothing leaked"
                : Texts.count(findings.jobs().size(), "job") + " leaked";
        String hint = findings.isEmpty() ? "; if it is mended, remove the annotation" : "";
        return findings.test() + " was expected to leak "
                + (wanted.count() == ExpectLeakedJobs.AT_LEAST_ONE ? "jobs" : Texts.count(wanted.count(), "job"))
                + ", but " + leaked + hint;
    }

    private String guilty() {
        if (!findings.jobs().isEmpty()) {
            long places = findings.jobs().stream()
                    .map(job -> job.spawnedAt().guilty())
                    .distinct()
                    .count();
            String first = findings.jobs().getFirst().path();
            if (findings.jobs().size() == 1) {
                return first + ", spawned";
            }
            return places == 1 ? "all spawned" : first + " first, spawned";
        }
        if (!findings.threads().isEmpty()) {
            return guilty(findings.threads().getFirst())
                    + (findings.threads().size() == 1 ? "" : " first")
                    + (findings.threads().getFirst().isContainer() ? ", opened" : ", created");
        }
        return findings.schedulers().size() == 1
                ? "'" + findings.schedulers().getFirst().name() + "', opened"
                : "the first opened";
    }

    private static String guilty(ThreadLeak leak) {
        String title = leak.containerTitle();
        if (leak.isContainer() && title != null) {
            return title;
        }
        return leak.name().isEmpty() ? "#" + leak.id() : "\"" + leak.name() + "\"";
    }

    private String failed() {
        return findings.unobserved().getFirst().path() + (findings.unobserved().size() == 1 ? "" : " first");
    }

    private String place(String verb) {
        StackTraceElement frame = Frames.of(firstSite()).guilty();
        return verb
                + (frame == null
                        ? " in a place unknown"
                        : " at " + Frames.shortMethod(frame) + "(" + Frames.line(frame) + ")");
    }

    private static void add(List<String> parts, int count, String noun) {
        if (count > 0) {
            parts.add(Texts.count(count, noun));
        }
    }

    private static String join(List<String> parts) {
        return parts.size() < 2
                ? String.join("", parts)
                : String.join(", ", parts.subList(0, parts.size() - 1)) + " and " + parts.getLast();
    }

    private List<String> afterwards() {
        List<String> lines = new ArrayList<>();
        boolean isStillOn = !aftermath.done() && findings.waited().isZero();
        if (findings.isEmpty() || isStillOn) {
            return lines;
        }
        lines.add("Waited " + Texts.age(findings.waited()) + " after the test's clean-up for it to end by itself.");
        if (!aftermath.done()) {
            lines.add("All of it was left as it was.");
            return lines;
        }
        List<String> done = new ArrayList<>();
        if (aftermath.cancelled() > 0) {
            done.add("cancelled " + Texts.count(aftermath.cancelled(), "job"));
        }
        if (aftermath.closed() > 0) {
            done.add("closed " + Texts.count(aftermath.closed(), "scheduler"));
        }
        if (!done.isEmpty()) {
            String sentence = String.join(", ", done) + ", in " + Texts.age(aftermath.took());
            lines.add(Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1) + ".");
        }
        if (!aftermath.survivors().isEmpty()) {
            lines.add("STILL RUNNING, and may disturb later tests: "
                    + aftermath.survivors().stream()
                            .limit(settings.maxReported())
                            .map(job -> job.path() + " #" + job.id())
                            .collect(Collectors.joining(", ")));
        }
        if (findings.threads().size() > findings.containers().size()) {
            lines.add("The threads go on: a thread dump gives no handle to stop them by.");
        }
        if (!findings.containers().isEmpty()) {
            lines.add("What is empty was left open: a thread dump gives no handle to close it by.");
        }
        return lines;
    }
}
