package io.jobtree.scheduler;

import java.util.Locale;

/// What is printed: names may hold anything, and a failure's own words may throw.
final class Text {
    private Text() {}

    /// The text with its control characters escaped, so that a name cannot forge a line.
    static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return escape(text);
            }
        }
        return text;
    }

    /// Control characters, and what ends a line or turns its direction.
    private static boolean isControl(char c) {
        return c < ' ' || (c >= 0x7f && c <= 0x9f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    }

    private static String escape(String text) {
        var clean = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isControl(c)) {
                clean.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                clean.append(c);
            }
        }
        return clean.toString();
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
