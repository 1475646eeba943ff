package io.jobtree.scheduler.junit5.report;

import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Sites;
import io.jobtree.scheduler.junit5.leak.JobLeak;
import io.jobtree.scheduler.junit5.leak.SchedulerLeak;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The paragraph on one leak, or on several that are alike.
final class LeakBlock {
    private static final int SITE_FRAMES = 4;
    private static final int NOW_FRAMES = 5;
    private static final int MAX_ALIKE = 4;
    private static final String POINTER = "   <== here";

    private final String head;
    private final List<String> label = new ArrayList<>();
    private final List<List<String>> lines = new ArrayList<>();

    LeakBlock(String head) {
        this.head = head;
    }

    static LeakBlock ofJobs(List<JobLeak> alike) {
        JobLeak job = alike.getFirst();
        var block = new LeakBlock(head(job));
        block.describe(job, alike);
        return block;
    }

    private void describe(JobLeak job, List<JobLeak> alike) {
        if (alike.size() > 1) {
            long unseen = alike.stream().skip(1).filter(JobLeak::isUnseen).count();
            String how = unseen == 0 || job.isUnseen()
                    ? ", just like it"
                    : ", spawned alike; " + unseen + " of them not looked at";
            add(
                    "also",
                    List.of(others(alike.stream()
                                    .map(other -> other.name() + " #" + other.id())
                                    .toList())
                            + how));
        }
        add("spawned", site(job.spawnedAt(), unknownSite(job)));
        if (job.spawnedIn() != null) {
            add("in", List.of(job.spawnedIn()));
        }
        if (job.siteKind() == JobLeak.SiteKind.SAME_NAME) {
            add("", List.of("(so was the first job of this name; jobtree.leaks.sites=full keeps each job's own)"));
        }
        add("now", now(job));
        add("joinable", joinable(job));
    }

    LeakBlock(SchedulerLeak scheduler) {
        this.head = "scheduler '" + scheduler.name() + "' "
                + (scheduler.scheduler() == null
                        ? "was collected without a close"
                        : "is open, with " + Texts.count(scheduler.unfinished(), "unfinished job"));
        add("opened", site(scheduler.openedAt(), "in a place unknown"));
    }

    LeakBlock(Origin.Unobserved failure) {
        List<String> words = io.jobtree.scheduler.text.Texts.of(failure.failure())
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        this.head = failure.path() + " #" + failure.id() + " failed before anybody waited for it: "
                + String.join("", words.stream().limit(1).toList());
        add("", words.stream().skip(1).toList());
        add("thrown", site(Frames.of(List.of(failure.failure().getStackTrace())), "in a place unknown"));
    }

    void writeTo(Blocks blocks) {
        blocks.head(head);
        for (int i = 0; i < lines.size(); i++) {
            blocks.labelled(label.get(i), lines.get(i));
        }
    }

    void add(String name, List<String> text) {
        label.add(name);
        lines.add(text);
    }

    private static String head(JobLeak job) {
        if (job.isCollected()) {
            return job.path() + " #" + job.id()
                    + " was collected while pending: its body never ended, its finally never ran";
        }
        return job.path() + " #" + job.id() + " is " + job.state() + ", " + Texts.age(job.age()) + " old";
    }

    static String others(List<String> alike) {
        String others = alike.stream().skip(1).limit(MAX_ALIKE).collect(Collectors.joining(", "));
        int hidden = alike.size() - 1 - MAX_ALIKE;
        return others + (hidden > 0 ? " and " + hidden + " more" : "");
    }

    private static String unknownSite(JobLeak job) {
        return switch (job.siteKind()) {
            case OFF -> "not recorded: jobtree.leaks.sites is off";
            case PAST_THE_FIRST ->
                "not recorded past the first " + Sites.FIRST + " jobs of a test, unless jobtree.leaks.sites=full";
            case OWN, SAME_NAME -> "in a place unknown";
        };
    }

    static List<String> site(Frames frames, String otherwise) {
        if (frames.user().isEmpty()) {
            return List.of(otherwise);
        }
        List<String> text = new ArrayList<>();
        frames.user().stream().limit(SITE_FRAMES).forEach(frame -> text.add("at " + Frames.link(frame)));
        text.set(0, text.getFirst() + POINTER);
        if (frames.user().size() > SITE_FRAMES) {
            int more = frames.user().size() - SITE_FRAMES - 1;
            text.add((more > 0 ? "… " + more + " more, " : "") + "at "
                    + Frames.link(frames.user().getLast()));
        }
        return text;
    }

    private static List<String> now(JobLeak job) {
        if (job.isCollected()) {
            return List.of();
        }
        String otherwise = switch (job.state()) {
            case PENDING -> "waits for a place in " + (job.waitsFor().isEmpty() ? "its scope's limit" : job.waitsFor());
            case COMPLETING -> "its body is over, but not the jobs below it";
            case CANCELLING -> "was asked to stop, but something of it still runs";
            case null, default -> "not looked at; it is one of many";
        };
        if (!job.waitsFor().isEmpty() && job.state() != JobState.PENDING) {
            otherwise = job.waitsFor();
        }
        String waits = job.waitsFor().isEmpty() ? "" : ", " + job.waitsFor();
        List<String> text = now(job.now(), job.blocker(), waits, otherwise);
        if (job.now().called() == null && (job.isBlocked() || job.isBusy())) {
            text.addFirst(job.isBlocked() ? "blocked: waits for a monitor" : "busy: waits for nothing");
        }
        return text;
    }

    static List<String> now(Frames now, @Nullable String blocker, String waits, String otherwise) {
        List<String> text = new ArrayList<>();
        if (now.called() != null) {
            String on = blocker == null || !waits.isEmpty() ? "" : ", parked on " + blocker;
            text.add("in " + Frames.shortMethod(now.called()) + on + waits);
        } else if (now.user().isEmpty()) {
            text.add(otherwise);
            return text;
        }
        now.user().stream().limit(NOW_FRAMES).forEach(frame -> text.add("at " + Frames.link(frame)));
        int hidden = now.user().size() - NOW_FRAMES;
        if (hidden > 0) {
            text.add("… " + Texts.count(hidden, "more frame") + " of yours");
        }
        int folded = now.folded();
        if (folded > 0) {
            text.add("… " + Texts.count(folded, "frame") + " of the JDK and Jobtree folded");
        }
        return text;
    }

    private static List<String> joinable(JobLeak job) {
        if (job.isCollected()) {
            return List.of();
        }
        String holder = "by whoever got the job from spawn";
        String scheduler = "close() of scheduler '" + job.scheduler() + "'";
        return List.of(
                job.parent() == null
                        ? holder + ", or " + scheduler
                        : "by its parent " + job.parent() + ", or " + scheduler);
    }
}
