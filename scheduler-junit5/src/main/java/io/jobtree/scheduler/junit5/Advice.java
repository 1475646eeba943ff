package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How to mend the leak, the best way first.
final class Advice {
    private static final int MAX_ALLOWANCES = 4;

    private final Findings findings;
    private final List<String> lines = new ArrayList<>();

    Advice(Findings findings) {
        this.findings = findings;
        findings.jobs().stream()
                .filter(job -> job.state() == JobState.CANCELLING)
                .findFirst()
                .ifPresent(this::heedInterrupts);
        findings.jobs().stream()
                .filter(job -> job.state() == JobState.PENDING)
                .findFirst()
                .ifPresent(this::freePlaces);
        findings.schedulers().stream().findFirst().ifPresent(this::closeScheduler);
        findings.jobs().stream().findFirst().ifPresent(this::joinJob);
        endThreads();
        if (!findings.isEmpty()) {
            whenMeant();
        } else if (!findings.unobserved().isEmpty()) {
            add("spawn it in a branch job, which fails with it, or join it while it runs;"
                    + " a join that comes after the failure does not count");
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    private void addIf(boolean holds, String advice) {
        if (holds) {
            add(advice);
        }
    }

    private void add(String advice) {
        lines.add((lines.size() + 1) + ". " + advice);
    }

    private void heedInterrupts(JobLeak job) {
        StackTraceElement frame = job.now().guilty();
        add(job.name() + " was cancelled, but does not stop: let its code"
                + (frame == null ? "" : " at " + Frames.line(frame))
                + " heed interruption (no catch that swallows InterruptedException; loops ask Thread.interrupted())");
    }

    private void freePlaces(JobLeak job) {
        String held = job.waitsFor().isEmpty() ? "the limit of its scope" : job.waitsFor();
        add(job.name() + " never got a place in " + held + ": look at the jobs that hold the places");
    }

    private void closeScheduler(SchedulerLeak scheduler) {
        StackTraceElement frame = scheduler.openedAt().guilty();
        String where = frame == null ? "" : " opened at " + Frames.line(frame);
        add("close the scheduler" + where + ": try (var jobs = Scheduler.open(\"" + scheduler.name()
                + "\")) { … } or close() in the clean-up; it waits for its jobs");
    }

    private void joinJob(JobLeak job) {
        StackTraceElement frame = job.spawnedAt().guilty();
        String where = frame == null ? "" : " spawned at " + Frames.line(frame);
        String instead = isSchedulerOpenElsewhere(job.job()) ? ", or cancelAndJoin() it in the clean-up" : "";
        add("wait for the job" + where + ": join() it before the test is over" + instead);
    }

    private boolean isSchedulerOpenElsewhere(@Nullable Job<?> job) {
        if (job == null) {
            return false;
        }
        Scheduler scheduler = job.scheduler();
        return findings.schedulers().stream().noneMatch(leak -> leak.scheduler() == scheduler);
    }

    private boolean runsLeakedJobs(SchedulerLeak leak) {
        return findings.jobs().stream()
                .map(JobLeak::job)
                .anyMatch(job -> job != null && job.scheduler() == leak.scheduler());
    }

    private void endThreads() {
        boolean isExecutor = false;
        boolean isScope = false;
        boolean isThread = false;
        for (ThreadLeak leak : findings.threads()) {
            boolean isOfExecutor = leak.container() != null && leak.container().isPerTaskExecutor();
            isExecutor |= isOfExecutor;
            isScope |= !isOfExecutor && leak.isContainer();
            isThread |= !isOfExecutor && !leak.isContainer();
        }
        addIf(isExecutor, "close the executor: try (var executor = Executors.newVirtualThreadPerTaskExecutor()) { … }");
        addIf(
                isScope,
                "close the StructuredTaskScope in the frame that opened it: try (var scope = StructuredTaskScope.open()) { … }");
        addIf(
                isThread,
                "join or interrupt the thread before the test is over, or spawn a job instead: its scheduler waits for it");
    }

    /// All names, for a job is allowed by its own only, not by its parent's. A scheduler that is open for the sake of
    /// allowed jobs needs none.
    private void whenMeant() {
        add("if it only needs longer: @NoLeakedJobs(graceMillis = …)");
        List<String> globs = AllowedName.globsFor(names());
        if (globs.isEmpty()) {
            return;
        }
        String allowances = globs.stream()
                .limit(MAX_ALLOWANCES)
                .map(glob -> "@AllowLeakedJobs(name = \"" + glob + "\", reason = \"…\")")
                .collect(Collectors.joining(" "));
        int hidden = globs.size() - MAX_ALLOWANCES;
        add("if it is meant to outlive the test: " + allowances
                + (hidden > 0 ? " and so for " + Texts.count(hidden, "more name") : ""));
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        for (JobLeak job : findings.jobs()) {
            // The name of an unnamed job is its id's, and another one in the next run.
            names.add(job.name().equals("job-" + job.id()) ? "job-*" : job.name());
        }
        findings.schedulers().stream()
                .filter(scheduler -> !runsLeakedJobs(scheduler))
                .forEach(scheduler -> names.add(scheduler.name()));
        findings.threads().stream()
                .filter(thread -> !thread.isContainer() && !thread.name().isEmpty())
                .forEach(thread -> names.add(thread.name()));
        return names;
    }
}
