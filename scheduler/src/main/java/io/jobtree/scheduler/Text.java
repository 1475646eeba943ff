package io.jobtree.scheduler;

import io.jobtree.scheduler.text.Texts;

/// What is printed: names may hold anything, and a failure's own words may throw.
final class Text {
    private Text() {}

    /// The text with its control characters escaped, so that a name cannot forge a line.
    static String printable(String text) {
        return Texts.printable(text);
    }

    /// What a failure says of itself, or its class where that throws.
    static String of(Throwable failure) {
        try {
            return String.valueOf(failure);
        } catch (Throwable broken) {
            return failure.getClass().getName();
        }
    }
}
