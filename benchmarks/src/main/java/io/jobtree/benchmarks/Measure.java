package io.jobtree.benchmarks;

/// A number and how far off it may be, in the same unit; the error is NaN where one sample gives none.
///
/// @param value the mean
/// @param error half the width of JMH's 99.9 % confidence interval
record Measure(double value, double error) {
    /// This in proportion to another, the errors taken to be independent.
    Measure over(Measure other) {
        double ratio = value / other.value;
        return new Measure(ratio, Math.abs(ratio) * Math.hypot(error / value, other.error / other.value));
    }

    /// This in another unit.
    Measure times(double factor) {
        return new Measure(value * factor, error * factor);
    }

    @Override
    public String toString() {
        return Double.isNaN(error) ? Numbers.text(value) : Numbers.text(value) + " ± " + Numbers.text(error);
    }
}
