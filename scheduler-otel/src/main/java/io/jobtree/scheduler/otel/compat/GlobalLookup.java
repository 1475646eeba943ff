package io.jobtree.scheduler.otel.compat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/// Finds the globally registered OpenTelemetry without registering one: `GlobalOpenTelemetry.get()` would set it
/// to what does nothing, for good.
public final class GlobalLookup {
    /// With this setting, `get()` makes the SDK.
    private static final boolean AUTOCONFIGURES = Config.flag("otel.java.global-autoconfigure.enabled", false);

    /// The agent answers for the class, and leaves its field alone.
    private static final boolean AGENT = isAgentThere() && Config.flag("otel.javaagent.enabled", true);

    private static final @Nullable MethodHandle FIELD = field();

    private GlobalLookup() {}

    private static boolean isAgentThere() {
        try {
            // In no application's class path; the agent puts it before all.
            Class.forName("io.opentelemetry.javaagent.bootstrap.AgentClassLoader", false, null);
            return true;
        } catch (ClassNotFoundException none) {
            return false;
        }
    }

    // The field, for `isSet()` is there from 1.57 on only, and takes a lock: this is asked at each spawn.
    private static @Nullable MethodHandle field() {
        try {
            var lookup = MethodHandles.privateLookupIn(GlobalOpenTelemetry.class, MethodHandles.lookup());
            var field = GlobalOpenTelemetry.class.getDeclaredField("globalOpenTelemetry");
            return lookup.unreflectGetter(field).asType(MethodType.methodType(Object.class));
        } catch (ReflectiveOperationException | RuntimeException other) {
            return null;
        }
    }

    /// What is registered now; null for nothing.
    public static @Nullable OpenTelemetry find() {
        if (AUTOCONFIGURES) {
            // The first call gives another object for the same SDK.
            GlobalOpenTelemetry.get();
        }
        return AUTOCONFIGURES || AGENT || isSet() ? GlobalOpenTelemetry.get() : null;
    }

    /// Whether what was found before is registered still: a test may have reset that.
    @SuppressWarnings("ReferenceEquality") // asked at each spawn
    public static boolean isCurrent(OpenTelemetry found) {
        return FIELD == null || AGENT || read(FIELD) == found;
    }

    private static boolean isSet() {
        return FIELD == null ? Api.isGlobalSet() : read(FIELD) != null;
    }

    private static @Nullable Object read(MethodHandle field) {
        try {
            return (@Nullable Object) field.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("GlobalOpenTelemetry cannot be read", e);
        }
    }
}
