package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How to mend the leak, the best way first.
final class Advice {
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
        findings.threads().stream().findFirst().ifPresent(this::endThread);
        if (!findings.isEmpty()) {
            whenMeant();
        } else if (!findings.unobserved().isEmpty()) {
            add("join or await the job, so that the failure reaches who wants to know");
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
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

    private void endThread(ThreadLeak thread) {
        if (thread.container() != null && thread.container().contains("ThreadPerTaskExecutor")) {
            add("close the executor: try (var executor = Executors.newVirtualThreadPerTaskExecutor()) { … }");
        } else if (thread.isContainer()) {
            add(
                    "close the StructuredTaskScope in the frame that opened it: try (var scope = StructuredTaskScope.open()) { … }");
        } else {
            add(
                    "join or interrupt the thread before the test is over, or spawn a job instead: its scheduler waits for it");
        }
    }

    private void whenMeant() {
        String name =
                findings.jobs().isEmpty() ? "" : findings.jobs().getFirst().name();
        add("if it only needs longer: @NoLeakedJobs(graceMillis = …)");
        if (!name.isEmpty()) {
            add("if it is meant to outlive the test: @AllowLeakedJobs(name = \"" + name + "\", reason = \"…\")");
        }
    }
}
