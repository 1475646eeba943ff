package io.jobtree.scheduler.otel.compat;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads settings as OpenTelemetry's own are read: a system property, else the variable of the same name.
public final class Config {
    private Config() {}

    /// The text of a setting.
    ///
    /// @param property as `otel.bsp.max.queue.size`, whose variable is `OTEL_BSP_MAX_QUEUE_SIZE`
    public static @Nullable String text(String property) {
        var value = System.getProperty(property);
        return value == null
                ? System.getenv(
                        property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
                : value;
    }

    /// The number of a setting; the default where it says nothing, or no positive number.
    public static int number(String property, int otherwise) {
        var text = text(property);
        try {
            int value = text == null ? 0 : Integer.parseInt(text.strip());
            return value > 0 ? value : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    public static boolean flag(String property, boolean otherwise) {
        var text = text(property);
        return text == null ? otherwise : Boolean.parseBoolean(text.strip());
    }
}
