package io.jobtree.scheduler.platform;

import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.VarHandle;

/// Handles of fields.
public final class Handles {
    private Handles() {}

    /// The handle of a field of the class whose lookup this is.
    public static VarHandle of(Lookup lookup, String field, Class<?> type) {
        try {
            return lookup.findVarHandle(lookup.lookupClass(), field, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
