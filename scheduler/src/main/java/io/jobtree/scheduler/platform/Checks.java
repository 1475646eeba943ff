package io.jobtree.scheduler.platform;

import io.jobtree.scheduler.text.Texts;
import java.time.Duration;
import java.util.Objects;

/// Argument checks; each names the argument, the rule and the value.
public final class Checks {
    private Checks() {}

    public static String name(String name) {
        return text(name, "name");
    }

    public static String text(String text, String argument) {
        Objects.requireNonNull(text, argument);
        if (text.isBlank()) {
            throw new IllegalArgumentException(argument + " must not be blank: '" + Texts.printable(text) + "'");
        }
        return text;
    }

    public static int positive(int value, String argument) {
        if (value <= 0) {
            throw new IllegalArgumentException(argument + " must be positive: " + value);
        }
        return value;
    }

    public static Duration positive(Duration value, String argument) {
        Objects.requireNonNull(value, argument);
        if (!value.isPositive()) {
            throw new IllegalArgumentException(argument + " must be positive: " + value);
        }
        return value;
    }

    public static Duration notNegative(Duration value, String argument) {
        Objects.requireNonNull(value, argument);
        if (value.isNegative()) {
            throw new IllegalArgumentException(argument + " must not be negative: " + value);
        }
        return value;
    }

    /// The nanoseconds of a duration, or the longest time there is (292 years) where they do not fit.
    public static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE;
        }
    }
}
