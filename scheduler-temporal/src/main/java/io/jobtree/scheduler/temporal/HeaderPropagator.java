package io.jobtree.scheduler.temporal;

import io.temporal.api.common.v1.Payload;
import io.temporal.common.context.ContextPropagator;
import io.temporal.common.converter.DefaultDataConverter;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Takes headers through the engine: from the thread that starts a workflow, through the workflow's, to the one that
/// runs an activity.
final class HeaderPropagator implements ContextPropagator {
    /// Those of this thread.
    static final ThreadLocal<@Nullable Map<String, String>> HEADERS = new ThreadLocal<>();

    @Override
    public String getName() {
        return "jobtree";
    }

    @Override
    public Map<String, Payload> serializeContext(Object context) {
        var payload = DefaultDataConverter.STANDARD_INSTANCE.toPayload(context);
        return payload.map(value -> Map.of(getName(), value)).orElse(Map.of());
    }

    @Override
    public Object deserializeContext(Map<String, Payload> payloads) {
        var payload = payloads.get(getName());
        return payload == null
                ? Map.of()
                : DefaultDataConverter.STANDARD_INSTANCE.fromPayload(payload, Map.class, Map.class);
    }

    @Override
    public Object getCurrentContext() {
        return Objects.requireNonNullElse(HEADERS.get(), Map.of());
    }

    @Override
    @SuppressWarnings("unchecked")
    public void setCurrentContext(Object context) {
        HEADERS.set((Map<String, String>) context);
    }
}
