package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.otel.pipeline.DeadlineBaggage;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Passes the deadline of a job on to another service, where it becomes the timeout of a job there.
///
/// ```java
/// JobDeadlines.inject(request::setHeader);                                          // in a job that calls
/// jobs.spawn(JobDeadlines.within(JobOptions.named("order"), headers), body);        // in the service that is called
/// ```
///
/// What goes out are the milliseconds that are left, not a time of day: clocks of machines differ. So the time on
/// the way is not taken off.
///
/// **Threads:** any thread may call anything.
public final class JobDeadlines {
    /// The header, and the entry of the baggage: the milliseconds that are left, as a decimal number.
    public static final String HEADER = "jobtree-deadline-ms";

    private JobDeadlines() {}

    /// How long the job that this thread runs may still take.
    ///
    /// @return the time left, zero where it is over; empty outside jobs, and in a job without a deadline
    public static Optional<Duration> remaining() {
        return Job.current().flatMap(DeadlineBaggage::remaining);
    }

    /// Writes the time left of the current job into headers; nothing where it has no deadline.
    ///
    /// @param setter takes the header's name and value
    public static void inject(BiConsumer<String, String> setter) {
        Objects.requireNonNull(setter, "setter");
        remaining().ifPresent(left -> setter.accept(HEADER, DeadlineBaggage.text(left)));
    }

    /// Reads the time left from headers, or else from the current baggage.
    ///
    /// @param headers the headers, by name, in upper case or lower case
    /// @return the time left; empty where there is none, or it is no number
    public static Optional<Duration> extract(Map<String, String> headers) {
        Objects.requireNonNull(headers, "headers");
        var header = parse(HeaderGetter.INSTANCE.get(headers, HEADER));
        return header.isPresent() ? header : extract(Context.current());
    }

    /// Reads the time left from the baggage of a context.
    ///
    /// @param context what [JobTelemetry#extract] gave, for one
    /// @return the time left; empty where there is none, or it is no number
    public static Optional<Duration> extract(Context context) {
        return parse(
                Baggage.fromContext(Objects.requireNonNull(context, "context")).getEntryValue(HEADER));
    }

    private static Optional<Duration> parse(@Nullable String millis) {
        try {
            return millis == null
                    ? Optional.empty()
                    : Optional.of(DeadlineBaggage.notNegative(Duration.ofMillis(Long.parseLong(millis.strip()))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// Options whose timeout is no longer than the caller's time left.
    ///
    /// @param options of the job to spawn
    /// @param headers as for [#extract(Map)]
    /// @return the options, with the shorter of both timeouts
    public static JobOptions within(JobOptions options, Map<String, String> headers) {
        return within(options, extract(headers));
    }

    /// Options whose timeout is no longer than a given time.
    ///
    /// @param options of the job to spawn
    /// @param remaining the caller's time left
    /// @return the options, with the shorter of both timeouts
    public static JobOptions within(JobOptions options, Optional<Duration> remaining) {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(remaining, "remaining");
        return remaining
                .filter(left -> options.timeout().isEmpty()
                        || left.compareTo(options.timeout().get()) < 0)
                .map(options::withTimeout)
                .orElse(options);
    }
}
