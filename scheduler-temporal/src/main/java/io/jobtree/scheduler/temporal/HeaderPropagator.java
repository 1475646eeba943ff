package io.jobtree.scheduler.temporal;

import static io.temporal.common.converter.DefaultDataConverter.STANDARD_INSTANCE;

import io.temporal.api.common.v1.Payload;
import io.temporal.common.context.ContextPropagator;
import java.util.Map;

/// Takes headers through the engine: from the thread that starts a workflow, through the workflow's, to the one that
/// runs an activity.
final class HeaderPropagator implements ContextPropagator {
    /// Those of this thread.
    static final ThreadLocal<Map<String, String>> HEADERS = ThreadLocal.withInitial(Map::of);

    @Override
    public String getName() {
        return "jobtree";
    }

    @Override
    public Map<String, Payload> serializeContext(Object context) {
        return Map.of(getName(), STANDARD_INSTANCE.toPayload(context).orElseThrow());
    }

    @Override
    public Object deserializeContext(Map<String, Payload> payloads) {
        var payload = payloads.get(getName());
        return payload == null ? Map.of() : STANDARD_INSTANCE.fromPayload(payload, Map.class, Map.class);
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
