package io.jobtree.scheduler.text;

import java.time.Duration;
import java.util.Locale;

/// Names and durations as people read them.
public final class Texts {
    private Texts() {}

    /// A name may hold anything; a line feed or an escape in it must not spoil what is printed round it.
    ///
    /// @param text any text
    /// @return the same with control characters escaped
    public static String printable(String text) {
        if (text.codePoints().noneMatch(Character::isISOControl)) {
            return text;
        }
        var clean = new StringBuilder();
        text.codePoints()
                .forEach(c -> clean.append(
                        Character.isISOControl(c) ? String.format(Locale.ROOT, "\\u%04x", c) : Character.toString(c)));
        return clean.toString();
    }

    /// A duration as a person says it: 340 µs, 12 ms, 1.2 s, 3 min 20 s, 5 h 3 min.
    ///
    /// @param duration not negative
    /// @return the words
    public static String duration(Duration duration) {
        long micros = duration.toNanos() / 1_000;
        if (micros < 1_000) {
            return micros + " µs";
        }
        if (micros < 1_000_000) {
            return micros / 1_000 + " ms";
        }
        if (duration.toSeconds() < 60) {
            return String.format(Locale.ROOT, "%.1f s", micros / 1e6);
        }
        if (duration.toMinutes() < 60) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        return duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }
}
