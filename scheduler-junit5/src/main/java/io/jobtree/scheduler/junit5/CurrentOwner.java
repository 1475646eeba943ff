package io.jobtree.scheduler.junit5;

import org.jspecify.annotations.Nullable;

/// The owner that answers for what the current thread starts. Threads inherit it from the thread that creates them.
///
/// Not a `ScopedValue`: a `StructuredTaskScope` opened under one in `@BeforeEach` could not be used in the test.
final class CurrentOwner {
    private static final InheritableThreadLocal<@Nullable Claim> CLAIM = new InheritableThreadLocal<>() {
        @Override
        protected @Nullable Claim childValue(@Nullable Claim parent) {
            return parent == null ? null : parent.owner().birth();
        }
    };

    private CurrentOwner() {}

    static @Nullable Owner get() {
        Claim claim = CLAIM.get();
        return claim == null ? null : claim.owner();
    }

    /// Makes `owner` the current one.
    ///
    /// @return what was there, for [#restore]
    static @Nullable Claim enter(Owner owner) {
        Claim before = CLAIM.get();
        CLAIM.set(owner);
        return before;
    }

    /// For a thread that runs nothing else before or after.
    static void set(Owner owner) {
        CLAIM.set(owner);
    }

    static void restore(@Nullable Claim before) {
        if (before == null) {
            CLAIM.remove();
        } else {
            CLAIM.set(before);
        }
    }
}
