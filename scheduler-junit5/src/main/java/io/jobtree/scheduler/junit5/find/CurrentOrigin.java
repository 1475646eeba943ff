package io.jobtree.scheduler.junit5.find;

import org.jspecify.annotations.Nullable;

/// The origin of what the current thread starts. Threads inherit it from the thread that creates them.
///
/// Not a `ScopedValue`: a `StructuredTaskScope` opened under one in `@BeforeEach` could not be used in the test.
public final class CurrentOrigin {
    private static final InheritableThreadLocal<@Nullable Inherited> INHERITED = new InheritableThreadLocal<>() {
        @Override
        protected @Nullable Inherited childValue(@Nullable Inherited parent) {
            return parent == null ? null : parent.origin().inherited();
        }
    };

    private CurrentOrigin() {}

    public static @Nullable Origin get() {
        Inherited inherited = INHERITED.get();
        return inherited == null ? null : inherited.origin();
    }

    /// Makes `origin` the current one.
    ///
    /// @return what was there, for [#restore]
    public static @Nullable Inherited enter(Origin origin) {
        Inherited before = INHERITED.get();
        INHERITED.set(origin);
        return before;
    }

    /// For a thread that runs nothing else before or after.
    static void set(Origin origin) {
        INHERITED.set(origin);
    }

    public static void restore(@Nullable Inherited before) {
        if (before == null) {
            INHERITED.remove();
        } else {
            INHERITED.set(before);
        }
    }
}
