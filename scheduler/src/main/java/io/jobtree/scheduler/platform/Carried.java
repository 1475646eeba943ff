package io.jobtree.scheduler.platform;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Bindings of scoped values taken on one thread for others: the scheduler's, plus what each job on the
/// way down added.
public final class Carried {
    private Carried() {}

    public static ScopedValue<?>[] append(ScopedValue<?>[] old, ScopedValue<?>... added) {
        Objects.requireNonNull(added, "values");
        for (var value : added) {
            Objects.requireNonNull(value, "values");
        }
        var all = Arrays.copyOf(old, old.length + added.length);
        System.arraycopy(added, 0, all, old.length, added.length);
        return all;
    }

    /// Adds what the current thread has bound of `values` to `outer`; gives `outer` itself where that
    /// is nothing.
    public static ScopedValue.@Nullable Carrier capture(ScopedValue.@Nullable Carrier outer, ScopedValue<?>[] values) {
        var carrier = outer;
        for (var value : values) {
            carrier = add(carrier, value);
        }
        return carrier;
    }

    private static <T> ScopedValue.@Nullable Carrier add(ScopedValue.@Nullable Carrier carrier, ScopedValue<T> value) {
        return value.isBound() ? with(carrier, value, value.get()) : carrier;
    }

    public static <T> ScopedValue.Carrier with(ScopedValue.@Nullable Carrier carrier, ScopedValue<T> key, T value) {
        return carrier == null ? ScopedValue.where(key, value) : carrier.where(key, value);
    }
}
