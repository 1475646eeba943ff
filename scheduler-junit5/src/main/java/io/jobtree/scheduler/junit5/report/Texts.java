package io.jobtree.scheduler.junit5.report;

import java.time.Duration;
import java.util.Locale;

/// Words and numbers as people write them.
final class Texts {
    private Texts() {}

    static String age(Duration age) {
        long millis = age.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        } else if (millis < 120_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
        }
        return age.toMinutes() + " min";
    }

    /// `1 job`, `2 jobs`
    static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
