package io.jobtree.benchmarks.report;

import java.util.Locale;

/// How the report writes numbers.
final class Numbers {
    private Numbers() {}

    /// Three significant digits, and thousands in full.
    static String text(double value) {
        double size = Math.abs(value);
        int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }
}
