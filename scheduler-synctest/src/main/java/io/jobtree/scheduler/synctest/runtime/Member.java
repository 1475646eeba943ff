package io.jobtree.scheduler.synctest.runtime;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A virtual thread of a bubble.
final class Member {
    private static final Pattern CONTROLS =
            Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9f}\\x{2028}-\\x{202e}\\x{2066}-\\x{2069}]");

    final Thread thread;
    final Runnable task;

    /// Its place in the order in which the bubble's threads were started: the same in each replay.
    final int ordinal;

    /// Whether the bubble ends without it.
    final boolean daemon;

    /// In the run queue, or on its way there. Written by whoever submits it, cleared by the driver.
    volatile boolean submitted;

    /// How deep the thread is in class initializers, where it cannot yield. The thread's own.
    int initializers;

    /// The object that it waits on, or last did. The thread's own, and the driver's while it does not run.
    @Nullable
    Object waitsOn;

    private long randomSeed;

    Member(Thread thread, Runnable task, int ordinal, long randomSeed, boolean daemon) {
        this.daemon = daemon;
        this.randomSeed = randomSeed;
        this.thread = thread;
        this.task = task;
        this.ordinal = ordinal;
    }

    /// The next state of the thread's `ThreadLocalRandom`.
    long nextSeed() {
        randomSeed += 0x9E3779B97F4A7C15L;
        return randomSeed;
    }

    String name() {
        String name = nameOf(thread);
        return name.isEmpty() ? "thread " + ordinal : name;
    }

    /// For messages: what would end the line, or turn its direction, is a question mark.
    static String nameOf(Thread thread) {
        return CONTROLS.matcher(thread.getName()).replaceAll("?");
    }

    @Override
    public String toString() {
        return "'" + name() + "'";
    }
}
