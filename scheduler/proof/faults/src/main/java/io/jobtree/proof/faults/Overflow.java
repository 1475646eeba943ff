package io.jobtree.proof.faults;

/// Runs something a few frames above the end of the thread's stack.
final class Overflow {
    private Overflow() {}

    static void near(int frames, Runnable step) {
        descend(Math.max(0, room() - frames), step);
    }

    /// How many frames fit; measured by the same method that goes down, in the same thread.
    private static int room() {
        var deepest = new int[1];
        try {
            measure(deepest, 0);
        } catch (StackOverflowError expected) {
            // As deep as it goes.
        }
        return deepest[0];
    }

    @SuppressWarnings("InfiniteRecursion") // to its end
    private static void measure(int[] deepest, int depth) {
        deepest[0] = depth;
        measure(deepest, depth + 1);
    }

    private static void descend(int frames, Runnable step) {
        if (frames == 0) {
            step.run();
        } else {
            descend(frames - 1, step);
        }
    }
}
