package io.jobtree.scheduler.otel;

import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads headers, whose names are the same in upper case and lower case.
enum HeaderGetter implements TextMapGetter<Map<String, String>> {
    /// The only one.
    INSTANCE;

    @Override
    public Iterable<String> keys(Map<String, String> headers) {
        // What a URLConnection gives has the status line under null.
        return headers.keySet().stream().filter(Objects::nonNull).toList();
    }

    @Override
    public @Nullable String get(@Nullable Map<String, String> headers, String key) {
        if (headers == null) {
            return null;
        }
        var exact = headers.get(key);
        return exact == null ? ignoringCase(headers, key) : exact;
    }

    private static @Nullable String ignoringCase(Map<String, String> headers, String key) {
        for (var header : headers.entrySet()) {
            if (key.equalsIgnoreCase(header.getKey()) && header.getValue() != null) {
                return header.getValue();
            }
        }
        return null;
    }
}
