package io.jobtree.proof.soak;

import java.util.List;

/// A straight line through samples taken at even distances, by least squares: how much they grow from the first to the
/// last, and how sure that is.
record Trend(double mean, double growth, double error) {
    static Trend of(List<Double> samples) {
        int n = samples.size();
        if (n < 3) {
            throw new IllegalArgumentException("samples must be three or more: " + n);
        }
        double mean = samples.stream().mapToDouble(one -> one).average().orElseThrow();
        double middle = (n - 1) / 2.0;
        double products = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            products += (i - middle) * (samples.get(i) - mean);
            squares += (i - middle) * (i - middle);
        }
        double slope = products / squares;
        double rest = 0;
        for (int i = 0; i < n; i++) {
            double off = samples.get(i) - mean - slope * (i - middle);
            rest += off * off;
        }
        double error = Math.sqrt(rest / (n - 2) / squares);
        return new Trend(mean, slope * (n - 1), error * (n - 1));
    }

    /// Whether what is surely growth, by two standard errors, stays below this.
    boolean isFlat(double tolerated) {
        return growth - 2 * error < tolerated;
    }
}
