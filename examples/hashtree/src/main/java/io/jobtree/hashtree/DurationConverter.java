package io.jobtree.hashtree;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a duration as people write it, `30s` or `1h30m`, or as ISO 8601 has it, `PT30S`.
final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        var iso = text.toUpperCase(Locale.ROOT);
        try {
            var duration = Duration.parse(iso.startsWith("P") ? iso : "PT" + iso);
            if (duration.isPositive()) {
                return duration;
            }
        } catch (DateTimeParseException notADuration) {
            // Said below.
        }
        throw new TypeConversionException("must be a positive duration such as 30s, 5m or PT1M: " + text);
    }
}
