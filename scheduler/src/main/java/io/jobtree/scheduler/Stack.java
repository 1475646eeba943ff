package io.jobtree.scheduler;

/// Makes sure that there is room on the stack before something begins that must not end half-way: a
/// StackOverflowError comes here, where nothing has changed yet. The JDK's `start` and `unpark` do not survive
/// one.
///
/// Code that is not compiled yet needs more room, and so does a program in which the stack has run out before:
/// it comes back to the same depth. All others pay for a few small frames.
final class Stack {
    private static final int FEW = 8;
    private static final int MANY = 512;
    private static final int WARM = 20_000;

    /// Races only make it too small, for a while.
    private static int calls;

    private static boolean overflown;

    @SuppressWarnings("UnusedVariable") // keeps the compiler from seeing through the recursion
    private static long sink;

    private Stack() {}

    static void ensureRoom() {
        try {
            if (overflown || calls < WARM) {
                calls++;
                sink = descend(MANY, 1, 2, 3, 4);
            } else {
                sink = descend(FEW, 1, 2, 3, 4);
            }
        } catch (StackOverflowError noRoom) {
            overflown = true;
            throw noRoom;
        }
    }

    /// For what is seldom called, and for which the JVM links code that it cannot link again once that failed.
    static void ensureMuchRoom() {
        sink = descend(2 * MANY, 1, 2, 3, 4);
    }

    private static long descend(int frames, long a, long b, long c, long d) {
        return frames == 0 ? a + b + c + d : 1 + descend(frames - 1, b, c, d, a + frames);
    }
}
