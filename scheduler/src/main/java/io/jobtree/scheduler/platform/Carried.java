package io.jobtree.scheduler.platform;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Bindings of scoped values taken on one thread for others: the scheduler's, plus what each job on the
/// way down added. One of them, and all that were there before it.
///
/// @param <T> the type of the value that was bound last
public final class Carried<T extends @Nullable Object> {
    private final @Nullable Carried<?> outer;
    private final ScopedValue<T> key;
    private final T value;
    private final ScopedValue.Carrier carrier;

    private Carried(@Nullable Carried<?> outer, ScopedValue<T> key, T value) {
        this.outer = outer;
        this.key = key;
        this.value = value;
        this.carrier = with(outer, key, value);
    }

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
    public static @Nullable Carried<?> capture(@Nullable Carried<?> outer, ScopedValue<?>[] values) {
        var carried = outer;
        for (var value : values) {
            carried = add(carried, value);
        }
        return carried;
    }

    private static <T> @Nullable Carried<?> add(@Nullable Carried<?> carried, ScopedValue<T> value) {
        return value.isBound() ? new Carried<>(carried, value, value.get()) : carried;
    }

    /// Adds what `upper` has, which wins, to `lower`; gives `lower` itself where that is nothing more. So
    /// it grows with the number of scoped values, not with how often they were carried.
    public static @Nullable Carried<?> over(@Nullable Carried<?> lower, @Nullable Carried<?> upper) {
        var all = lower;
        for (var each = upper; each != null; each = each.outer) {
            if (nearest(upper, each.key) == each && !each.isIn(all)) {
                all = each.onto(all);
            }
        }
        return all;
    }

    @SuppressWarnings("ReferenceEquality") // not by what the values say of themselves: they are the user's
    private boolean isIn(@Nullable Carried<?> carried) {
        var known = nearest(carried, key);
        return known != null && known.value == value;
    }

    private Carried<?> onto(@Nullable Carried<?> carried) {
        return new Carried<>(carried, key, value);
    }

    private static @Nullable Carried<?> nearest(@Nullable Carried<?> carried, ScopedValue<?> key) {
        var each = carried;
        while (each != null && each.key != key) {
            each = each.outer;
        }
        return each;
    }

    public static <T extends @Nullable Object> ScopedValue.Carrier with(
            @Nullable Carried<?> carried, ScopedValue<T> key, T value) {
        return carried == null ? ScopedValue.where(key, value) : carried.carrier.where(key, value);
    }

    /// Runs the code with all of them bound; null has none.
    public static void run(@Nullable Carried<?> carried, Runnable code) {
        if (carried == null) {
            code.run();
        } else {
            carried.carrier.run(code);
        }
    }
}
