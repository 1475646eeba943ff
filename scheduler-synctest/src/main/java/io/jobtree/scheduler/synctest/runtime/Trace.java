package io.jobtree.scheduler.synctest.runtime;

import java.util.Arrays;

/// What a bubble did, step by step, to be compared with a replay.
public final class Trace {
    private static final int KEPT = 1 << 20;

    private long[] steps = new long[256];
    private int size;
    private long hash = 1;
    private boolean ended;

    /// A thread ran: which, after how many yield points of the one before.
    void ran(int ordinal, int points) {
        add((long) ordinal << 32 | points);
    }

    /// The clock moved.
    void jumped(long nanos) {
        add(~nanos);
    }

    /// The test is over: what comes is its clean-up, which differs between one that failed and one that passed.
    void end() {
        ended = true;
    }

    private void add(long step) {
        if (ended) {
            return;
        }
        hash = hash * 0x9E3779B97F4A7C15L + step;
        if (size < KEPT) {
            if (size == steps.length) {
                steps = Arrays.copyOf(steps, size * 2);
            }
            steps[size] = step;
        }
        size++;
    }

    /// The first step at which the two differ; -1 where they are the same.
    public int differsAt(Trace other) {
        if (hash == other.hash && size == other.size) {
            return -1;
        }
        int common = Math.min(Math.min(size, other.size), KEPT);
        for (int i = 0; i < common; i++) {
            if (steps[i] != other.steps[i]) {
                return i;
            }
        }
        return common;
    }

    @Override
    public String toString() {
        return Long.toHexString(hash) + " of " + size + " steps";
    }
}
