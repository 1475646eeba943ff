package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Scheduler;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class JobDeadlinesTest {
    private static final JobOptions OPTIONS = JobOptions.named("order");
    private static final Duration HOUR = Duration.ofHours(1);

    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void deadlineOfAnAncestor_goesOutAsWhatIsLeft_andComesInAsATimeout() throws Exception {
        var headers = new HashMap<String, String>();
        try (var jobs = sdk.scheduler()) {
            jobs.spawn(OPTIONS.withTimeout(HOUR), scope -> {
                        scope.spawn(OPTIONS.withTimeout(Duration.ofHours(2)), () -> JobDeadlines.inject(headers::put))
                                .join();
                    })
                    .join();
        }

        var left = Duration.ofMillis(Long.parseLong(headers.getOrDefault("jobtree-deadline-ms", "")));
        assertThat(left).isPositive().isLessThanOrEqualTo(HOUR);
        assertThat(JobDeadlines.within(OPTIONS, headers).timeout()).contains(left);
    }

    @Test
    void jobWithoutADeadline_sendsNone_norDoesAThreadOutsideJobs() throws Exception {
        var headers = new HashMap<String, String>();
        JobDeadlines.inject(headers::put);
        try (var jobs = sdk.scheduler()) {
            jobs.spawn(OPTIONS, () -> JobDeadlines.inject(headers::put)).join();
        }

        assertThat(headers).isEmpty();
        assertThat(JobDeadlines.remaining()).isEmpty();
    }

    @Test
    void within_keepsTheShorterTimeout_whateverTheCaseOfTheHeader() {
        assertThat(JobDeadlines.within(OPTIONS.withTimeout(HOUR), Map.of("Jobtree-Deadline-Ms", "1500"))
                        .timeout())
                .contains(Duration.ofMillis(1_500));
        assertThat(JobDeadlines.within(OPTIONS.withTimeout(Duration.ofMillis(2)), Map.of("jobtree-deadline-ms", "9"))
                        .timeout())
                .contains(Duration.ofMillis(2));
        assertThat(JobDeadlines.within(OPTIONS, Map.of()).timeout()).isEmpty();
    }

    @Test
    void whatIsNoNumber_isNone_andWhatIsOver_isZero() {
        assertThat(JobDeadlines.extract(Map.of("jobtree-deadline-ms", "soon"))).isEmpty();
        assertThat(JobDeadlines.extract(Map.of("jobtree-deadline-ms", "-5"))).contains(Duration.ZERO);
        assertThat(JobDeadlines.extract(Map.of("jobtree-deadline-ms", "99999999999999999999")))
                .isEmpty();
        assertThat(JobDeadlines.extract(Context.root())).isEqualTo(Optional.empty());
    }

    @Test
    void longestTimeThatAHeaderCanSay_isATimeout_thatGoesOutAsNever() throws Exception {
        var options = JobDeadlines.within(OPTIONS, Map.of("jobtree-deadline-ms", String.valueOf(Long.MAX_VALUE)));
        assertThat(options.timeout()).contains(Duration.ofMillis(Long.MAX_VALUE));
        try (var jobs = Scheduler.open("orders")) {
            var headers = jobs.spawn(options, () -> {
                var sent = new HashMap<String, String>();
                JobDeadlines.inject(sent::put);
                return sent;
            });
            assertThat(headers.join()).isEmpty();
        }
    }

    @Test
    void baggage_hasItOnRequestAlone() throws Exception {
        assertThat(baggageOf(sdk.telemetry())).isEmpty();
        assertThat(baggageOf(sdk.telemetry().deadlineBaggage(true)))
                .hasValueSatisfying(left -> assertThat(Long.parseLong(left)).isBetween(1L, HOUR.toMillis()));
    }

    private static Optional<String> baggageOf(JobTelemetryBuilder telemetry) throws InterruptedException {
        try (var jobs = Sdk.scheduler(telemetry)) {
            return jobs.spawn(
                            OPTIONS.withTimeout(HOUR),
                            () -> Optional.ofNullable(Baggage.current().getEntryValue(JobDeadlines.HEADER)))
                    .join();
        }
    }

    @Test
    void inject_writesItIntoTheBaggage_andTheReceiverReadsItFromThere() throws Exception {
        var builder = sdk.telemetry().deadlineBaggage(true);
        var telemetry = builder.build();
        var headers = new HashMap<String, String>();
        try (var jobs = Sdk.scheduler(builder)) {
            jobs.spawn(OPTIONS.withTimeout(HOUR), () -> telemetry.inject(headers::put))
                    .join();
        }

        assertThat(headers).containsKey("baggage");
        assertThat(JobDeadlines.extract(telemetry.extract(headers)))
                .hasValueSatisfying(left -> assertThat(left).isPositive().isLessThanOrEqualTo(HOUR));
    }

    /// It outlives the job that spawned it, and is not to be held to that one's time.
    @Test
    void jobWithoutADeadline_spawnedInOneThatHasOne_sendsNone() throws Exception {
        var builder = sdk.telemetry().deadlineBaggage(true);
        var telemetry = builder.build();
        var headers = new HashMap<String, String>();
        try (var jobs = Sdk.scheduler(builder)) {
            var baggage = jobs.spawn(
                            OPTIONS.withTimeout(HOUR),
                            () -> jobs.spawn(OPTIONS, () -> {
                                        telemetry.inject(headers::put);
                                        return Baggage.current();
                                    })
                                    .join())
                    .join();

            assertThat(baggage.getEntryValue(JobDeadlines.HEADER)).isNull();
        }

        assertThat(headers).doesNotContainKey("baggage");
    }

    @Test
    @SuppressWarnings("NullAway") // Nulls on purpose.
    void nulls_areNamed() {
        assertThatThrownBy(() -> JobDeadlines.extract((Context) null)).hasMessage("context");
        assertThatThrownBy(() -> JobDeadlines.extract((Map<String, String>) null))
                .hasMessage("headers");
        assertThatThrownBy(() -> JobDeadlines.within(OPTIONS, (Optional<Duration>) null))
                .hasMessage("remaining");
    }
}
