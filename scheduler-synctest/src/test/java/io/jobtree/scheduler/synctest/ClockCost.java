package io.jobtree.scheduler.synctest;

/// Prints what one `System.nanoTime()` costs here: run with the agent and without, the difference is the agent's.
public final class ClockCost {
    private static final int CALLS = 1_000_000;
    private static final int ROUNDS = 300;

    private static long sink;

    private ClockCost() {}

    /// Prints the shortest of many rounds, in nanoseconds a call.
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) {
        double shortest = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            shortest = Math.min(shortest, round());
        }
        System.out.printf("%.2f ns a call (%d)%n", shortest, sink & 1);
    }

    private static double round() {
        long began = System.nanoTime();
        long sum = 0;
        for (int i = 0; i < CALLS; i++) {
            sum += System.nanoTime();
        }
        sink = sum;
        return (System.nanoTime() - began) / (double) CALLS;
    }
}
