package io.jobtree.scheduler.junit5.threads;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// The live platform threads of the process. Looks at no stack and stops nothing: some microseconds.
final class PlatformThreads {
    /// The class of those that virtual threads run on.
    static final String CARRIER = "jdk.internal.misc.CarrierThread";

    private PlatformThreads() {}

    static List<Thread> alive() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[root.activeCount() + 16];
        int count = root.enumerate(threads, true);
        while (count == threads.length) {
            threads = new Thread[2 * threads.length];
            count = root.enumerate(threads, true);
        }
        return Arrays.stream(threads).filter(Objects::nonNull).toList();
    }
}
