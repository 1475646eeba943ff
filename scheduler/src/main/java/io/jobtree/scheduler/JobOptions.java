package io.jobtree.scheduler;

import io.jobtree.scheduler.platform.Carried;
import io.jobtree.scheduler.platform.Checks;
import io.jobtree.scheduler.text.Texts;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// How one job is to be run. Immutable: each `with` method gives a changed copy.
///
/// ```java
/// scope.spawn(JobOptions.named("page").withTimeout(Duration.ofSeconds(2)).withTag("url", url), () -> fetch(url));
/// ```
public final class JobOptions {
    private static final JobOptions UNNAMED =
            new JobOptions(null, null, 0, false, null, new ScopedValue<?>[0], Map.of());

    private final @Nullable String name;
    private final @Nullable Duration timeout;
    private final int childLimit;
    private final boolean supervision;
    private final @Nullable Limit limit;
    private final ScopedValue<?>[] carried;
    private final Map<String, String> tags;

    private JobOptions(
            @Nullable String name,
            @Nullable Duration timeout,
            int childLimit,
            boolean supervision,
            @Nullable Limit limit,
            ScopedValue<?>[] carried,
            Map<String, String> tags) {
        this.name = name;
        this.timeout = timeout;
        this.childLimit = childLimit;
        this.supervision = supervision;
        this.limit = limit;
        this.carried = carried;
        this.tags = tags;
    }

    /// Options of a job with a name and nothing else.
    ///
    /// @param name the job's name; need not be unique
    /// @return the options
    /// @throws IllegalArgumentException if the name is blank
    public static JobOptions named(String name) {
        return new JobOptions(Checks.name(name), null, 0, false, null, UNNAMED.carried, Map.of());
    }

    /// Options of a job without a name; it is called `job-` and its id.
    ///
    /// @return the options
    public static JobOptions unnamed() {
        return UNNAMED;
    }

    /// Names the job.
    ///
    /// @param name the job's name; need not be unique
    /// @return a changed copy
    /// @throws IllegalArgumentException if the name is blank
    public JobOptions withName(String name) {
        return new JobOptions(Checks.name(name), timeout, childLimit, supervision, limit, carried, tags);
    }

    /// Bounds the job's time, from spawn until everything below it has ended. When it runs out, the job
    /// fails with a [JobTimeoutException] and everything below it is cancelled. An earlier deadline of
    /// a job above it still holds.
    ///
    /// @param timeout how long; zero times out at once
    /// @return a changed copy
    /// @throws IllegalArgumentException if the timeout is negative
    public JobOptions withTimeout(Duration timeout) {
        Checks.notNegative(timeout, "timeout");
        return new JobOptions(name, timeout, childLimit, supervision, limit, carried, tags);
    }

    /// Leaves the job's time unbounded; a deadline of a job above it still holds. This is the default.
    ///
    /// @return a changed copy
    public JobOptions withoutTimeout() {
        return new JobOptions(name, null, childLimit, supervision, limit, carried, tags);
    }

    /// Limits how many direct children of this branch job run at once.
    ///
    /// @param childLimit how many
    /// @return a changed copy
    /// @throws IllegalArgumentException if the limit is not positive
    public JobOptions withChildLimit(int childLimit) {
        Checks.positive(childLimit, "childLimit");
        return new JobOptions(name, timeout, childLimit, supervision, limit, carried, tags);
    }

    /// Keeps a child's failure in that child: its siblings and this branch job go on.
    ///
    /// @return a changed copy
    public JobOptions withSupervision() {
        return new JobOptions(name, timeout, childLimit, true, limit, carried, tags);
    }

    /// Makes the job need a place in a shared limit too. A job has one shared limit: another one replaces
    /// it.
    ///
    /// @param limit the limit
    /// @return a changed copy
    public JobOptions withSharedLimit(Limit limit) {
        Objects.requireNonNull(limit, "limit");
        return new JobOptions(name, timeout, childLimit, supervision, limit, carried, tags);
    }

    /// Makes the job need a place in a shared limit too. Will be removed in 1.0.
    ///
    /// @param limit the limit
    /// @return a changed copy
    /// @deprecated it does not add a limit, but replaces the one there was: use [#withSharedLimit]
    @Deprecated(since = "0.1.0")
    @SuppressWarnings("InlineMeSuggester")
    public JobOptions withLimit(Limit limit) {
        return withSharedLimit(limit);
    }

    /// Carries the bindings that the spawning thread has when it spawns to the job and all below it.
    ///
    /// @param values the scoped values; one that is not bound then is left out
    /// @return a changed copy, which carries these besides those it carried before
    public JobOptions withCarried(ScopedValue<?>... values) {
        return new JobOptions(name, timeout, childLimit, supervision, limit, Carried.append(carried, values), tags);
    }

    /// Adds a tag, for observers to read.
    ///
    /// @param key the tag's key; the same key again replaces the value
    /// @param value the tag's value
    /// @return a changed copy
    /// @throws IllegalArgumentException if the key is blank
    public JobOptions withTag(String key, String value) {
        Checks.text(key, "key");
        Objects.requireNonNull(value, "value");
        var copy = new LinkedHashMap<>(tags);
        copy.put(key, value);
        return new JobOptions(
                name, timeout, childLimit, supervision, limit, carried, Collections.unmodifiableMap(copy));
    }

    /// The name given to the job.
    ///
    /// @return the name; empty for an unnamed job
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /// The job's own timeout.
    ///
    /// @return the timeout; empty if it has none
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /// How many direct children run at once.
    ///
    /// @return the limit; empty if there is none
    public OptionalInt childLimit() {
        return childLimit == 0 ? OptionalInt.empty() : OptionalInt.of(childLimit);
    }

    /// Whether a child's failure stays in that child.
    ///
    /// @return true with supervision, false if fail-fast
    public boolean supervision() {
        return supervision;
    }

    /// The shared limit that the job needs a place in.
    ///
    /// @return the limit; empty if it needs none
    public Optional<Limit> sharedLimit() {
        return Optional.ofNullable(limit);
    }

    /// The shared limit that the job needs a place in. Will be removed in 1.0.
    ///
    /// @return the limit; empty if it needs none
    /// @deprecated use [#sharedLimit]
    @Deprecated(since = "0.1.0")
    @SuppressWarnings("InlineMeSuggester")
    public Optional<Limit> limit() {
        return sharedLimit();
    }

    /// The job's tags.
    ///
    /// @return the tags, unmodifiable, in the order they were added
    public Map<String, String> tags() {
        return tags;
    }

    @Nullable
    Limit limitOrNull() {
        return limit;
    }

    @Nullable
    Duration timeoutOrNull() {
        return timeout;
    }

    ScopedValue<?>[] carried() {
        return carried;
    }

    @Override
    public String toString() {
        var text = new StringBuilder("JobOptions[").append(name == null ? "unnamed" : Texts.printable(name));
        if (timeout != null) {
            text.append(", timeout ").append(timeout);
        }
        if (childLimit > 0) {
            text.append(", childLimit ").append(childLimit);
        }
        if (supervision) {
            text.append(", supervision");
        }
        if (limit != null) {
            text.append(", ").append(limit);
        }
        if (!tags.isEmpty()) {
            text.append(", tags ").append(Texts.printable(tags.toString()));
        }
        return text.append(']').toString();
    }
}
