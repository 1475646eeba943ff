package io.jobtree.scheduler.junit5.report;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.leak.JobLeak;
import io.jobtree.scheduler.junit5.leak.Leaks;
import io.jobtree.scheduler.junit5.leak.SchedulerLeak;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How to fix the leak, the best way first.
final class Advice {
    private static final int MAX_ALLOWANCES = 20;

    private final Leaks leaks;
    private final List<String> lines = new ArrayList<>();

    Advice(Leaks leaks) {
        this.leaks = leaks;
        leaks.jobs().stream()
                .filter(job -> job.state() == JobState.CANCELLING)
                .findFirst()
                .ifPresent(this::heedInterrupts);
        leaks.jobs().stream()
                .filter(job -> job.state() == JobState.PENDING)
                .findFirst()
                .ifPresent(this::freePlaces);
        leaks.schedulers().stream().findFirst().ifPresent(this::closeScheduler);
        leaks.jobs().stream().findFirst().ifPresent(this::joinJob);
        endThreads();
        if (!leaks.isEmpty()) {
            whenMeant();
        } else if (!leaks.unobserved().isEmpty()) {
            add("spawn it in a branch job, which fails with it, or join it while it runs;"
                    + " a join that comes after the failure does not count");
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    private void add(String advice) {
        lines.add((lines.size() + 1) + ". " + advice);
    }

    private void heedInterrupts(JobLeak job) {
        StackTraceElement frame = job.now().first();
        add(job.name() + " was cancelled, but does not stop: let its code"
                + (frame == null ? "" : " at " + Frames.line(frame))
                + " heed interruption (no catch that swallows InterruptedException; loops ask Thread.interrupted())");
    }

    private void freePlaces(JobLeak job) {
        String held = job.waitsFor().isEmpty() ? "the limit of its scope" : job.waitsFor();
        add(job.name() + " never got a place in " + held + ": look at the jobs that hold the places");
    }

    private void closeScheduler(SchedulerLeak scheduler) {
        StackTraceElement frame = scheduler.openedAt().first();
        String where = frame == null ? "" : " opened at " + Frames.line(frame);
        add("close the scheduler" + where + ": try (var jobs = Scheduler.open(\"" + scheduler.name()
                + "\")) { … } or close() in the clean-up; it waits for its jobs");
    }

    private void joinJob(JobLeak job) {
        StackTraceElement frame = job.spawnedAt().first();
        String where = frame == null ? "" : " spawned at " + Frames.line(frame);
        String instead = isSchedulerOpenElsewhere(job.job()) ? ", or cancelAndJoin() it in the clean-up" : "";
        add("wait for the job" + where + ": join() it before the test is over" + instead);
    }

    private boolean isSchedulerOpenElsewhere(@Nullable Job<?> job) {
        if (job == null) {
            return false;
        }
        Scheduler scheduler = job.scheduler();
        return leaks.schedulers().stream().noneMatch(leak -> leak.scheduler() == scheduler);
    }

    private boolean runsLeakedJobs(SchedulerLeak leak) {
        return leaks.jobs().stream()
                .map(JobLeak::job)
                .anyMatch(job -> job != null && job.scheduler() == leak.scheduler());
    }

    /// One line for each kind, of the first leak of that kind.
    private void endThreads() {
        leaks.threads().stream()
                .collect(Collectors.toMap(
                        leak -> Ending.of(leak).words(), leak -> leak, (first, next) -> first, LinkedHashMap::new))
                .forEach((words, leak) -> add(words.replace("{at}", at(leak))));
    }

    private static String at(ThreadLeak leak) {
        StackTraceElement frame = leak.madeAt().first();
        if (frame == null) {
            return "";
        }
        String verb = leak.isThread() ? " created at " : leak.isMakersSite() ? " opened at " : " used at ";
        StackTraceElement outermost = leak.madeAt().user().getLast();
        boolean isSameFile = Objects.equals(frame.getFileName(), outermost.getFileName());
        return verb + Frames.line(frame) + (isSameFile ? "" : " (from " + Frames.line(outermost) + ")");
    }

    /// All names, for a job is allowed by its own only, not by its parent's. A scheduler that is open for the sake of
    /// allowed jobs needs none.
    private void whenMeant() {
        add("if it only needs longer: @NoLeakedJobs(graceMillis = …) or jobtree.leaks.grace=…");
        List<LeakName> names = names();
        add("if it is meant to outlive the test: " + joined(names, LeakName::allowance, " "));
        add("the same without an annotation: jobtree.leaks.allow=" + joined(names, LeakName::parameter, ", "));
    }

    private static String joined(List<LeakName> names, Function<LeakName, String> text, String separator) {
        List<String> texts = names.stream().map(text).distinct().toList();
        int hidden = texts.size() - MAX_ALLOWANCES;
        return texts.stream().limit(MAX_ALLOWANCES).collect(Collectors.joining(separator))
                + (hidden > 0 ? " and so for " + Texts.count(hidden, "more name") : "");
    }

    private List<LeakName> names() {
        return Stream.of(
                        leaks.jobs().stream().map(LeakName::of),
                        leaks.schedulers().stream()
                                .filter(scheduler -> !runsLeakedJobs(scheduler))
                                .map(LeakName::of),
                        leaks.threads().stream().map(LeakName::of))
                .flatMap(each -> each)
                .toList();
    }
}
