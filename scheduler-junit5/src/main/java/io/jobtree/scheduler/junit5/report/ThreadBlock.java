package io.jobtree.scheduler.junit5.report;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.leak.LeakedThread;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import java.util.List;

/// The paragraph on one thread or executor, or on several threads that are alike.
final class ThreadBlock {
    private static final String UNRECORDED =
            "not recorded; -javaagent:scheduler-junit5-agent.jar or jobtree.leaks.agent=attach records it";
    private static final String UNKNOWN =
            "by a thread that was there before the test, or it inherits nothing; -javaagent:scheduler-junit5-agent.jar"
                    + " or jobtree.leaks.agent=attach tells where";

    private static final int MAX_CANDIDATES = 5;

    private ThreadBlock() {}

    /// @param test where it is reported
    static LeakBlock of(List<ThreadLeak> alike, String test) {
        ThreadLeak leak = alike.getFirst();
        var block = new LeakBlock(head(leak));
        if (alike.size() > 1) {
            List<String> others = alike.stream()
                    .map(other -> label(other.threads().getFirst()))
                    .toList();
            block.add("also", List.of(LeakBlock.others(others) + ", just like it"));
        }
        addOrigin(block, leak, test);
        if (!leak.heldBy().isEmpty()) {
            block.add("held by", List.of(leak.heldBy()));
        }
        if (!leak.threads().isEmpty()) {
            LeakedThread thread = leak.threads().getFirst();
            block.add(
                    "now",
                    isIdle(leak)
                            ? List.of("idle: waits for tasks")
                            : LeakBlock.now(
                                    thread.now(),
                                    thread.blocker(),
                                    "",
                                    "not looked at: other tests were running, or there are too many"));
        }
        return block;
    }

    private static boolean isIdle(ThreadLeak leak) {
        return leak.kind() == Kind.EXECUTOR && leak.threads().getFirst().isIdle();
    }

    private static void addOrigin(LeakBlock block, ThreadLeak leak, String test) {
        boolean isThread = leak.isThread();
        if (isThread || leak.isMakersSite()) {
            String unknown = leak.startedIn().isEmpty()
                    ? UNKNOWN
                    : "not recorded past the first threads of a test, unless jobtree.leaks.sites=full";
            block.add(isThread ? "created" : "opened", LeakBlock.site(leak.madeAt(), unknown));
        } else {
            String opener = leak.opener().isEmpty() ? "" : "by thread \"" + leak.opener() + "\", ";
            block.add("opened", List.of(opener + UNRECORDED));
            if (!leak.site().isEmpty()) {
                block.add("used", LeakBlock.site(leak.madeAt(), ""));
                block.add("", List.of("(which started its first thread)"));
            }
        }
        if (!leak.startedIn().isEmpty() && !leak.startedIn().equals(test)) {
            block.add("in", List.of(leak.startedIn()));
        }
        if (!leak.candidates().isEmpty()) {
            block.add("in", List.of((leak.candidates().size() == 1 ? "" : "one of ") + candidates(leak)));
        }
    }

    private static String candidates(ThreadLeak leak) {
        List<String> tests = leak.candidates();
        int hidden = tests.size() - MAX_CANDIDATES;
        return String.join(", ", tests.subList(0, Math.min(tests.size(), MAX_CANDIDATES)))
                + (hidden > 0 ? " and " + hidden + " more" : "");
    }

    private static String head(ThreadLeak leak) {
        String alive = leak.keepsJvmAlive() ? "; non-daemon, so it keeps the JVM alive" : "";
        if (!leak.isThread()) {
            return LeakTitle.of(leak) + alive + sampled(leak);
        }
        LeakedThread thread = leak.threads().getFirst();
        String state = thread.state().isEmpty() ? "alive" : thread.state();
        if (leak.count() > 1) {
            return (leak.isLowerBound() ? "at least " : "")
                    + Texts.count(leak.count(), thread.virtual() ? "virtual thread" : "thread") + " are alive" + alive
                    + sampled(leak);
        }
        return thread.virtual()
                ? "virtual thread " + label(thread) + " is " + state + ", and no job"
                : (thread.daemon() ? "daemon thread " : "thread ") + label(thread) + " is " + state + alive;
    }

    private static String sampled(ThreadLeak leak) {
        return leak.isSampled() ? "; SAMPLED: only " + leak.threads().size() + " of them were looked at" : "";
    }

    private static String label(LeakedThread thread) {
        return (thread.name().isEmpty() ? "" : "\"" + thread.name() + "\" ") + "#" + thread.id();
    }
}
