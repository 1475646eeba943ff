package io.jobtree.scheduler.junit5.report;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.leak.LeakedThread;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a thread or executor is called in a failure.
final class LeakTitle {
    private static final Pattern DIGITS = Pattern.compile("\\d+");
    private static final int MAX_NAMES = 3;

    private LeakTitle() {}

    /// `ThreadPoolExecutor 'mail-%d', 2 threads, never shut down`; `"fetcher"`; `a sample` of very many
    static String of(ThreadLeak leak) {
        if (leak.isThread()) {
            return thread(leak);
        }
        return named(leak) + (leak.kind() == Kind.EXECUTOR || leak.kind() == Kind.TASK_SCOPE ? ", " + count(leak) : "")
                + ", " + (leak.kind() == Kind.EXECUTOR ? endingOfExecutor(leak) : ending(leak.kind()));
    }

    private static String thread(ThreadLeak leak) {
        LeakedThread first = leak.threads().getFirst();
        return leak.count() > 1 ? "a sample" : first.name().isEmpty() ? "#" + first.id() : "\"" + first.name() + "\"";
    }

    /// `ThreadPoolExecutor 'mail-%d'`
    static String named(ThreadLeak leak) {
        List<String> names = leak.names().stream()
                .map(name -> DIGITS.matcher(LeakName.withoutHashes(name, "%x")).replaceAll("%d"))
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .limit(MAX_NAMES)
                .toList();
        boolean isNamed = names.isEmpty() || leak.kind() == Kind.HTTP_CLIENT;
        return isNamed ? leak.type() : leak.type() + " '" + String.join("', '", names) + "'";
    }

    static String count(ThreadLeak leak) {
        return leak.count() == 0
                ? "no thread"
                : Texts.count(leak.count(), leak.isVirtual() ? "virtual thread" : "thread");
    }

    /// Without a handle to it nothing says whether an executor that has tasks left was shut down.
    private static String endingOfExecutor(ThreadLeak leak) {
        if (leak.isShutDown() == null) {
            return leak.mayBeShutDown() ? "not terminated" : "never shut down";
        }
        return leak.isShutDown() ? "shut down, but not terminated" : "never shut down";
    }

    private static String ending(Kind kind) {
        return switch (kind) {
            case TIMER -> "never cancelled";
            case CLEANER -> "still referred to";
            case TASK_SCOPE, HTTP_CLIENT, SCHEDULER -> "never closed";
            case EXECUTOR -> "never shut down";
            case JOB, THREAD -> "never ended";
        };
    }
}
