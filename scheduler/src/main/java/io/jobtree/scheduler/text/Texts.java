package io.jobtree.scheduler.text;

import java.time.Duration;
import java.util.Locale;

/// Names, failures and durations as people read them.
public final class Texts {
    private Texts() {}

    /// A name may hold anything; a line feed or an escape in it must not spoil what is printed round it.
    ///
    /// @param text any text
    /// @return the same with control characters escaped
    public static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return escape(text);
            }
        }
        return text;
    }

    /// What a failure says of itself, or its class where that throws or is null.
    ///
    /// @param failure any failure, of a class that may be a user's
    /// @return its words
    public static String of(Throwable failure) {
        String words = null;
        try {
            words = failure.toString();
        } catch (Throwable broken) {
            // Its class is to do.
        }
        return words == null ? failure.getClass().getName() : words;
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

    /// A duration as a person says it: 340 µs, 12 ms, 1.2 s, 3 min 20 s, 5 h 3 min.
    ///
    /// @param duration not negative
    /// @return the words
    public static String duration(Duration duration) {
        // The long ones first: the longest do not fit into nanoseconds.
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        if (duration.toMinutes() > 0) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        long micros = duration.toNanos() / 1_000;
        if (micros < 1_000) {
            return micros + " µs";
        }
        if (micros < 1_000_000) {
            return micros / 1_000 + " ms";
        }
        return String.format(Locale.ROOT, "%.1f s", micros / 1e6);
    }
}
