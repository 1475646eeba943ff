package io.jobtree.scheduler.temporal;

import io.temporal.api.common.v1.Payload;
import io.temporal.common.context.ContextPropagator;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import java.util.Map;

/// Takes headers through the engine: from the thread that starts a workflow, through the workflow's, to the one that
/// runs an activity.
final class HeaderPropagator implements ContextPropagator {
    /// Those of this thread.
    static final ThreadLocal<Map<String, String>> HEADERS = ThreadLocal.withInitial(Map::of);

    private static final DataConverter JSON = DefaultDataConverter.STANDARD_INSTANCE;

    @Override
    public String getName() {
        return "jobtree";
    }

    @Override
    public Map<String, Payload> serializeContext(Object context) {
        return Map.of(getName(), JSON.toPayload(context).orElseThrow());
    }

    @Override
    public Object deserializeContext(Map<String, Payload> payloads) {
        var payload = payloads.get(getName());
        return payload == null ? Map.of() : JSON.fromPayload(payload, Map.class, Map.class);
    }

    @Override
    public Object getCurrentContext() {
        return HEADERS.get();
    }

    @Override
    @SuppressWarnings("unchecked")
    public void setCurrentContext(Object context) {
        HEADERS.set((Map<String, String>) context);
    }
}
