package io.jobtree.benchmarks.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/// A number that was measured once in each of several rounds.
///
/// Its value is the median of the rounds. Its error reaches from there to the farther end of the median's confidence
/// interval, which the rounds give in order: all of them if there are fewer than nine, all but the lowest and the
/// highest if there are nine to eleven, and so on, for 95 % or, with fewer than six rounds, for as much as there
/// can be. Nothing is assumed of how the rounds scatter, so a round that a busy machine spoiled does no more than any
/// other.
///
/// @param rounds what each round gave, in their order
public record Measure(List<Double> rounds) {
    private static final double TAIL = 0.025; // at each end

    public double value() {
        return median(rounds.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /// NaN where a single round tells nothing of it.
    public double error() {
        if (rounds.size() == 1) {
            return Double.NaN;
        }
        double[] sorted =
                rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int left = outside(sorted.length);
        double middle = median(sorted);
        return Math.max(middle - sorted[left], sorted[sorted.length - 1 - left] - middle);
    }

    /// Whether the value of a second run is within the error of this one.
    boolean covers(Measure again) {
        return Math.abs(again.value() - value()) <= error();
    }

    /// This in proportion to another, round by round: what slows a round down slows both.
    public Measure over(Measure other) {
        return with(other, (mine, theirs) -> mine / theirs);
    }

    /// What this is more than another, round by round.
    Measure minus(Measure other) {
        return with(other, (mine, theirs) -> mine - theirs);
    }

    private Measure with(Measure other, DoubleBinaryOperator operator) {
        if (rounds.size() != other.rounds.size()) {
            throw new IllegalArgumentException(
                    "rounds must be the same on both sides: %d and %d".formatted(rounds.size(), other.rounds.size()));
        }
        return new Measure(IntStream.range(0, rounds.size())
                .mapToObj(i -> operator.applyAsDouble(rounds.get(i), other.rounds.get(i)))
                .toList());
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /// How often the interval of so many rounds holds the true median, from 0 to 1.
    static double confidence(int rounds) {
        return 1 - 2 * chance(rounds, outside(rounds));
    }

    /// How many rounds lie outside of the interval at each end.
    private static int outside(int rounds) {
        int count = 0;
        while (chance(rounds, count + 1) <= TAIL) {
            count++;
        }
        return count;
    }

    /// How often so many rounds or fewer are below the true median: as often as so many coins show heads.
    private static double chance(int rounds, int most) {
        double exactly = Math.pow(0.5, rounds);
        double chance = exactly;
        for (int count = 0; count < most; count++) {
            exactly *= (rounds - count) / (count + 1.0);
            chance += exactly;
        }
        return chance;
    }

    @Override
    public String toString() {
        return rounds.size() == 1 ? Numbers.text(value()) : Numbers.text(value()) + " ± " + Numbers.text(error());
    }
}
