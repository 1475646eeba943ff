package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.jobtree.scheduler.text.Texts;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag(TestOptions.FRESH_THREADS)
@DisplayName("R22: bad arguments name themselves: limit must be positive: 0")
final class Rule22ArgumentsTest {
    private static final Duration NEGATIVE = Duration.ofNanos(-1);

    private final Scheduler jobs = Scheduler.open(TestOptions.limit(2));
    private final SchedulerOptions options = SchedulerOptions.named("test");
    private final JobOptions jobOptions = JobOptions.named("job");
    private final AtomicInteger ran = new AtomicInteger();
    private final Callable<Integer> body = ran::incrementAndGet;

    @AfterEach
    void nothingWasSpawned() {
        jobs.close();
        assertThat(ran).hasValue(0);
    }

    /// A null where none may be.
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T none() {
        return null;
    }

    private static void assertMessage(String message, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
    }

    private static void assertNull(String argument, ThrowingCallable call) {
        assertThatNullPointerException().isThrownBy(call).withMessage(argument);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void counts_mustBePositive(int count) {
        assertMessage("limit must be positive: " + count, () -> options.withLimit(count));
        assertMessage("pendingLimit must be positive: " + count, () -> options.withPendingLimit(count));
        assertMessage("childLimit must be positive: " + count, () -> jobOptions.withChildLimit(count));
        assertMessage("places must be positive: " + count, () -> Limit.of("files", count));
    }

    @Test
    void durations_mustNotBeNegative() {
        var job = jobs.spawn("job", () -> 1);
        assertMessage("waitTimeout must not be negative: PT-0.000000001S", () -> options.withWaitTimeout(NEGATIVE));
        assertMessage("closeTimeout must not be negative: PT-0.000000001S", () -> options.withCloseTimeout(NEGATIVE));
        assertMessage("timeout must not be negative: PT-0.000000001S", () -> jobOptions.withTimeout(NEGATIVE));
        assertMessage("timeout must not be negative: PT-0.000000001S", () -> job.join(NEGATIVE));
        assertMessage("timeout must not be negative: PT-0.000000001S", () -> job.cancelAndJoin(NEGATIVE));
        assertMessage("wait must not be negative: PT-0.000000001S", () -> jobs.close(NEGATIVE));
        assertThat(jobs.isClosed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n"})
    void names_mustNotBeBlank(String blank) {
        var printed = Texts.printable(blank);
        var message = "name must not be blank: '" + printed + "'";
        assertMessage(message, () -> Scheduler.open(blank));
        assertMessage(message, () -> SchedulerOptions.named(blank));
        assertMessage(message, () -> JobOptions.named(blank));
        assertMessage(message, () -> Limit.of(blank, 1));
        assertMessage(message, () -> jobs.spawn(blank, body));
        assertMessage(message, () -> jobs.spawn(blank, () -> {}));
        assertMessage(message, () -> jobs.spawn(blank, scope -> scope));
        assertMessage(message, () -> jobs.shield(blank, body));
        assertMessage("key must not be blank: '" + printed + "'", () -> jobOptions.withTag(blank, "value"));
    }

    @Test
    void nullNames_nameThemselves() {
        assertNull("name", () -> Scheduler.open(Rule22ArgumentsTest.<String>none()));
        assertNull("name", () -> SchedulerOptions.named(none()));
        assertNull("name", () -> JobOptions.named(none()));
        assertNull("name", () -> Limit.of(none(), 1));
        assertNull("name", () -> jobs.spawn(Rule22ArgumentsTest.<String>none(), body));
        assertNull("name", () -> jobs.shield(none(), body));
    }

    @Test
    void nullBodies_nameThemselves() {
        assertNull("body", () -> jobs.spawn("job", Rule22ArgumentsTest.<Callable<Integer>>none()));
        assertNull("body", () -> jobs.spawn("job", Rule22ArgumentsTest.<JobAction>none()));
        assertNull("body", () -> jobs.spawn("job", Rule22ArgumentsTest.<JobBody<Integer>>none()));
        assertNull("body", () -> jobs.spawn(jobOptions, Rule22ArgumentsTest.<Callable<Integer>>none()));
        assertNull("body", () -> jobs.spawn(jobOptions, Rule22ArgumentsTest.<JobAction>none()));
        assertNull("body", () -> jobs.spawn(jobOptions, Rule22ArgumentsTest.<JobBody<Integer>>none()));
        assertNull("body", () -> jobs.spawn(Rule22ArgumentsTest.<Callable<Integer>>none()));
        assertNull("body", () -> jobs.spawn(Rule22ArgumentsTest.<JobAction>none()));
        assertNull("body", () -> jobs.spawn(Rule22ArgumentsTest.<JobBody<Integer>>none()));
        assertNull("body", () -> jobs.spawn("job", Rule22ArgumentsTest.<BranchAction>none()));
        assertNull("body", () -> jobs.spawn(jobOptions, Rule22ArgumentsTest.<BranchAction>none()));
        assertNull("body", () -> jobs.spawn(Rule22ArgumentsTest.<BranchAction>none()));
        assertNull("body", () -> jobs.trySpawn(jobOptions, Rule22ArgumentsTest.<Callable<Integer>>none()));
        assertNull("body", () -> jobs.trySpawn(jobOptions, Rule22ArgumentsTest.<JobAction>none()));
        assertNull("body", () -> jobs.trySpawn(jobOptions, Rule22ArgumentsTest.<JobBody<Integer>>none()));
        assertNull("body", () -> jobs.trySpawn(jobOptions, Rule22ArgumentsTest.<BranchAction>none()));
        assertNull("body", () -> jobs.trySpawn("job", Rule22ArgumentsTest.<JobAction>none()));
        assertNull("wait", () -> Job.blocking(Rule22ArgumentsTest.<JobAction>none()));
        assertNull("wait", () -> Job.blocking(Rule22ArgumentsTest.<Callable<Integer>>none()));
        assertNull("jobs", () -> JobScope.joinAll(none()));
        assertNull("job", () -> JobScope.joinAll(Collections.singletonList(Rule22ArgumentsTest.<Job<Integer>>none())));
        assertNull("body", () -> jobs.shield("job", Rule22ArgumentsTest.<Callable<Integer>>none()));
        assertNull("body", () -> jobs.shield("job", Rule22ArgumentsTest.<JobAction>none()));
    }

    @Test
    void nullOptions_nameThemselves() {
        assertNull("options", () -> Scheduler.open(Rule22ArgumentsTest.<SchedulerOptions>none()));
        assertNull("options", () -> jobs.spawn(Rule22ArgumentsTest.<JobOptions>none(), body));
        assertNull("options", () -> jobs.trySpawn(Rule22ArgumentsTest.<JobOptions>none(), body));
        assertNull("failureHandler", () -> options.withFailureHandler(none()));
        assertNull("observer", () -> options.withObserver(none()));
        assertNull("observer", () -> JobObserver.install(none()));
        assertNull("limit", () -> jobOptions.withSharedLimit(none()));
        assertNull("key", () -> jobOptions.withTag(none(), "value"));
        assertNull("value", () -> jobOptions.withTag("key", none()));
        assertNull("job", () -> jobs.contains(none()));
    }

    @Test
    void nullDurations_nameThemselves() {
        var job = jobs.spawn("job", () -> 1);
        assertNull("waitTimeout", () -> options.withWaitTimeout(none()));
        assertNull("closeTimeout", () -> options.withCloseTimeout(none()));
        assertNull("timeout", () -> jobOptions.withTimeout(none()));
        assertNull("timeout", () -> job.join(none()));
        assertNull("timeout", () -> job.cancelAndJoin(none()));
        assertNull("timeout", () -> job.await(none()));
        assertNull("timeout", () -> jobs.awaitIdle(none()));
        assertNull("wait", () -> options.withCloseOnExit(Rule22ArgumentsTest.<Duration>none()));
        assertNull("stallWarning", () -> options.withStallWarning(none()));
        assertNull("wait", () -> jobs.close(none()));
        assertThat(job.scheduler()).isSameAs(jobs);
    }

    @Test
    @SuppressWarnings("NullAway") // what is tested
    void nullParts_ofAPicture_nameThemselves() {
        var none = Optional.<JobTree.Wait>empty();
        var age = Duration.ZERO;
        assertNull("name", () -> new JobTree.Ref(1, null));
        assertNull("kind", () -> new JobTree.Wait(null, "job", false, List.of()));
        assertNull("name", () -> new JobTree.Wait(JobTree.Kind.JOB, null, false, List.of()));
        assertNull("jobs", () -> new JobTree.Wait(JobTree.Kind.JOB, "job", false, null));
        assertNull("name", () -> picture(null, Optional.empty(), age, none, List.of()));
        assertNull("state", () -> picture("job", null, age, none, List.of()));
        assertNull("age", () -> picture("job", Optional.empty(), null, none, List.of()));
        assertNull("waitsFor", () -> picture("job", Optional.empty(), age, null, List.of()));
        assertNull("children", () -> picture("job", Optional.empty(), age, none, null));
    }

    private static JobTree picture(
            String name,
            Optional<JobState> state,
            Duration age,
            Optional<JobTree.Wait> waitsFor,
            List<JobTree> children) {
        return new JobTree(name, "path", 1, state, age, Optional.empty(), waitsFor, "", children);
    }

    @Test
    void badArguments_leaveNoTrace() {
        assertNull("body", () -> jobs.spawn("job", Rule22ArgumentsTest.<JobAction>none()));
        assertThat(jobs.jobs()).isEmpty();
        assertThat(jobs.activeCount()).isZero();
        assertThat(jobs.pendingCount()).isZero();
    }

    @Test
    void withMethods_copy() {
        var changed = options.withLimit(7).withPendingLimit(8).withWaitTimeout(Duration.ZERO);
        assertThat(options.limit()).hasValue(100);
        assertThat(options.pendingLimit()).hasValue(10_000);
        assertThat(options.waitTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(options.closeTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(changed.limit()).hasValue(7);
        assertThat(changed.pendingLimit()).hasValue(8);
        assertThat(changed.withoutLimit().limit()).isEmpty();
        assertThat(changed.withoutPendingLimit().pendingLimit()).isEmpty();
        var tagged = jobOptions.withTag("a", "1").withTag("b", "2").withTag("a", "3");
        assertThat(jobOptions.tags()).isEmpty();
        assertThat(tagged.tags())
                .containsEntry("a", "3")
                .containsEntry("b", "2")
                .hasSize(2);
    }
}
