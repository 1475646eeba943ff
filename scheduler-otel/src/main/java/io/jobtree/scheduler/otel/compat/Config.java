package io.jobtree.scheduler.otel.compat;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads settings as OpenTelemetry's own are read: a system property, else the variable of the same name.
public final class Config {
    private Config() {}

    /// The text of a setting; null also where it is empty, which is as if it were not there.
    ///
    /// @param property as `otel.bsp.max.queue.size`, whose variable is `OTEL_BSP_MAX_QUEUE_SIZE`
    public static @Nullable String text(String property) {
        var value = given(System.getProperty(property));
        return value == null ? given(System.getenv(variable(property))) : value;
    }

    private static String variable(String property) {
        return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static @Nullable String given(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }

    /// The number of a setting; the default where it says nothing, or no positive number.
    public static int number(String property, int otherwise) {
        var text = text(property);
        try {
            int value = text == null ? 0 : Integer.parseInt(text);
            return value > 0 ? value : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /// Whether a setting is on. What is neither `true` nor `false` means off, as it does in OpenTelemetry.
    public static boolean flag(String property, boolean otherwise) {
        var text = text(property);
        if (text != null && !text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            Warnings.log(property + " must be true or false: " + text + "; it is taken for false", null);
        }
        return text == null ? otherwise : Boolean.parseBoolean(text);
    }
}
