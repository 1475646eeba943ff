package io.jobtree.scheduler.platform;

import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.VarHandle;
import java.util.List;

/// What needs a lookup: handles of fields, and classes that are to be there before they are needed.
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

    /// Has classes initialised now. One that is first needed where the stack or the memory runs out is lost for
    /// good: the JVM does not try again. One that is first needed when its class loader is closed is not found.
    public static void initialize(Lookup lookup, List<Class<?>> classes) {
        for (var one : classes) {
            try {
                lookup.ensureInitialized(one);
            } catch (IllegalAccessException notOurs) {
                throw new ExceptionInInitializerError(notOurs);
            }
        }
    }
}
