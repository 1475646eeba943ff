package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobCancelledException;
import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class JobOutcomesTest {
    private static final AttributeKey<String> ORIGIN = stringKey("jobtree.job.failure.origin.span_id");

    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        assertThat(sdk.active()).as("jobtree.job.active").isZero();
        sdk.close();
    }

    @Test
    void success_leavesTheStatusUnset() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn("page", () -> "done").join();
        }

        assertSpan("page", StatusCode.UNSET, "succeeded", null, null, null);
    }

    @Test
    void failure_isAnErrorWithItsTypeAndTheException() throws Exception {
        try (var jobs = sdk.scheduler()) {
            var page = jobs.spawn("page", () -> fail("no disk"));
            assertThatThrownBy(page::join).isInstanceOf(JobFailedException.class);
        }

        assertSpan("page", StatusCode.ERROR, "failed", IOException.class.getName(), null, null);
        assertThat(exceptions("page")).isEqualTo(1);
        assertThat(sdk.span("page").getEvents().getFirst().getAttributes().get(stringKey("exception.message")))
                .isEqualTo("no disk");
    }

    @Tag("slow")
    @Test
    void ownTimeout_isAnErrorCalledTimeout_andWhatIsBelowIsCancelledByTheDeadline() throws Exception {
        try (var jobs = sdk.scheduler()) {
            var page = jobs.spawn(JobOptions.named("page").withTimeout(Duration.ofSeconds(3)), scope -> {
                scope.spawn("user", () -> sleep());
                sleep();
                return "over";
            });
            assertThatThrownBy(page::join).isInstanceOf(JobFailedException.class);
        }

        assertSpan("page", StatusCode.ERROR, "failed", "timeout", null, null);
        assertSpan("user", StatusCode.UNSET, "cancelled", null, "deadline", "orders/page");
    }

    @Test
    void siblingFailure_cancelsWithTheReasonAndTheOrigin() throws Exception {
        var userRuns = new CountDownLatch(1);
        try (var jobs = sdk.scheduler()) {
            var page = jobs.spawn("page", scope -> {
                scope.spawn("user", () -> {
                    userRuns.countDown();
                    sleep();
                });
                scope.spawn("cart", () -> {
                    userRuns.await();
                    return fail("no cart");
                });
                return "over";
            });
            assertThatThrownBy(page::join).isInstanceOf(JobFailedException.class);
        }

        assertSpan("user", StatusCode.UNSET, "cancelled", null, "sibling_failed", "orders/page/cart");
        assertSpan("cart", StatusCode.ERROR, "failed", IOException.class.getName(), null, null);
        assertSpan("page", StatusCode.ERROR, "failed", IOException.class.getName(), null, null);
    }

    @Test
    void explicitCancel_isRequested_andTheJobsBelowNameTheOrigin() throws Exception {
        var userRuns = new CountDownLatch(1);
        try (var jobs = sdk.scheduler()) {
            var page = jobs.spawn(
                    "page",
                    scope -> scope.spawn("user", () -> {
                                userRuns.countDown();
                                sleep();
                                return "done";
                            })
                            .join());
            userRuns.await();
            page.cancel();
            assertThatThrownBy(page::join).isInstanceOf(JobCancelledException.class);
        }

        assertSpan("page", StatusCode.UNSET, "cancelled", null, "requested", null);
        assertSpan("user", StatusCode.UNSET, "cancelled", null, "parent", "orders/page");
        assertThat(exceptions("page") + exceptions("user")).isZero();
    }

    @Test
    void close_cancelsAsClosed() throws Exception {
        var runs = new CountDownLatch(1);
        try (var jobs = sdk.scheduler()) {
            jobs.spawn("page", () -> {
                runs.countDown();
                sleep();
            });
            runs.await();
            assertThat(jobs.close(Duration.ZERO)).isEmpty();
        }

        assertSpan("page", StatusCode.UNSET, "cancelled", null, "closed", null);
    }

    @Test
    void cancellationStatus_isUsed() throws Exception {
        var runs = new CountDownLatch(1);
        try (var jobs = Sdk.scheduler(sdk.telemetry().cancellationStatus(StatusCode.ERROR))) {
            var page = jobs.spawn("page", () -> {
                runs.countDown();
                sleep();
            });
            runs.await();
            page.cancelAndJoin(Duration.ofSeconds(10));
        }

        assertSpan("page", StatusCode.ERROR, "cancelled", null, "requested", null);
    }

    @Test
    void pendingJob_thatIsCancelled_leavesNoSpan() throws Exception {
        var release = new CountDownLatch(1);
        try (var jobs = Scheduler.open(Sdk.options(sdk.telemetry()).withLimit(1))) {
            jobs.spawn("first", () -> release.await());
            jobs.spawn("second", () -> "never").cancel();
            release.countDown();
        }

        assertThat(sdk.spans()).extracting(SpanData::getName).containsExactly("first");
        assertThat(sdk.sum("jobtree.job.not_started", stringKey("jobtree.job.not_started.reason"), "requested"))
                .isEqualTo(1);
    }

    @Test
    void cancelledScope_leavesNoOpenSpan() throws Exception {
        var running = new CountDownLatch(4);
        var spawned = new CountDownLatch(1);
        try (var jobs = sdk.scheduler()) {
            var page = jobs.spawn(JobOptions.named("page").withChildLimit(4), scope -> {
                for (int i = 0; i < 100; i++) {
                    scope.spawn("user", () -> {
                        running.countDown();
                        sleep();
                    });
                }
                spawned.countDown();
                sleep();
                return "over";
            });
            running.await();
            spawned.await();
            page.cancelAndJoin(Duration.ofSeconds(30));
            assertThat(sdk.openSpans()).isZero();
            assertThat(sdk.active()).isZero();
        }

        assertThat(sdk.spans().stream().filter(span -> span.getName().equals("user")))
                .hasSize(4);
        assertThat(sdk.sum("jobtree.job.not_started", stringKey("jobtree.job.not_started.reason"), "parent"))
                .isEqualTo(96);
    }

    @Test
    void oneFailure_travellingUp_isRecordedOnce_whereItBegan() throws Exception {
        try (var jobs = sdk.scheduler()) {
            var page = jobs.spawn("page", scope -> {
                scope.spawn("user", user -> {
                    user.spawn("photo", () -> fail("no disk"));
                    return "over";
                });
                return "over";
            });
            assertThatThrownBy(page::join).isInstanceOf(JobFailedException.class);
        }

        assertThat(exceptions("photo")).isEqualTo(1);
        for (var above : new String[] {"user", "page"}) {
            assertSpan(above, StatusCode.ERROR, "failed", IOException.class.getName(), null, null);
            assertThat(exceptions(above)).as("exceptions of " + above).isZero();
            assertThat(failureOrigin(above)).isEqualTo(sdk.span("photo").getSpanId());
        }
    }

    @Test
    void oneFailure_thatJoinThrewAgain_isRecordedOnce() throws Exception {
        try (var jobs = sdk.scheduler()) {
            var options = JobOptions.named("page").withSupervision();
            var page = jobs.spawn(
                    options,
                    (JobScope scope) ->
                            scope.spawn("user", () -> fail("no disk")).join());
            assertThatThrownBy(page::join).isInstanceOf(JobFailedException.class);
        }

        assertSpan("page", StatusCode.ERROR, "failed", IOException.class.getName(), null, null);
        assertThat(exceptions("user")).isEqualTo(1);
        assertThat(exceptions("page")).isZero();
        assertThat(failureOrigin("page")).isEqualTo(sdk.span("user").getSpanId());
    }

    @Test
    void oneFailure_thatAFutureThrewAgain_isRecordedOnce() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn(
                            JobOptions.named("got").withSupervision(),
                            (JobScope scope) -> scope.spawn("user", () -> fail("no disk"))
                                    .toCompletableFuture()
                                    .get())
                    .await();
            jobs.spawn(
                            JobOptions.named("joined").withSupervision(),
                            (JobScope scope) -> scope.spawn("cart", () -> fail("no disk"))
                                    .toCompletableFuture()
                                    .join())
                    .await();
        }

        for (var name : new String[] {"got", "joined"}) {
            assertSpan(name, StatusCode.ERROR, "failed", IOException.class.getName(), null, null);
            assertThat(exceptions(name)).isZero();
        }
        assertThat(exceptions("user")).isEqualTo(1);
        assertThat(exceptions("cart")).isEqualTo(1);
        assertThat(failureOrigin("got")).isEqualTo(sdk.span("user").getSpanId());
        assertThat(failureOrigin("joined")).isEqualTo(sdk.span("cart").getSpanId());
    }

    @Test
    void oneFailure_fromSiblingToSibling_isRecordedOnce_whereItBegan() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn(JobOptions.named("page").withSupervision(), (JobScope scope) -> {
                        var user = scope.spawn("user", () -> fail("no disk"));
                        return scope.spawn("cart", () -> user.join()).join();
                    })
                    .await();
        }

        for (var name : new String[] {"cart", "page"}) {
            assertSpan(name, StatusCode.ERROR, "failed", IOException.class.getName(), null, null);
            assertThat(exceptions(name)).isZero();
            assertThat(failureOrigin(name)).isEqualTo(sdk.span("user").getSpanId());
        }
        assertThat(exceptions("user")).isEqualTo(1);
    }

    @Test
    void oneFailure_ofAJobWithoutASpan_isRecordedByTheFirstOneThatHasOne() throws Exception {
        var policy = SpanPolicy.matching(job -> !job.name().equals("photo"));
        try (var jobs = Sdk.scheduler(sdk.telemetry().spans(policy))) {
            var page = jobs.spawn("page", scope -> {
                scope.spawn("user", user -> {
                    user.spawn("photo", () -> fail("no disk"));
                    return "over";
                });
                return "over";
            });
            assertThatThrownBy(page::join).isInstanceOf(JobFailedException.class);
        }

        assertThat(exceptions("user")).isEqualTo(1);
        assertThat(failureOrigin("page")).isEqualTo(sdk.span("user").getSpanId());
    }

    @Test
    void oneFailure_passesThroughAJobWithoutASpan() throws Exception {
        var policy = SpanPolicy.matching(job -> !job.name().equals("user"));
        try (var jobs = Sdk.scheduler(sdk.telemetry().spans(policy))) {
            var page = jobs.spawn("page", scope -> {
                scope.spawn("user", user -> {
                    user.spawn("photo", () -> fail("no disk"));
                    return "over";
                });
                return "over";
            });
            assertThatThrownBy(page::join).isInstanceOf(JobFailedException.class);
        }

        assertThat(exceptions("page")).isZero();
        assertThat(failureOrigin("page")).isEqualTo(sdk.span("photo").getSpanId());
    }

    @Test
    void failureOfALinkedTrace_isSaidWithThatTrace() throws Exception {
        var telemetry =
                sdk.telemetry().relation(job -> job.name().equals("chunk") ? RootRelation.LINK : RootRelation.CHILD);
        try (var jobs = Sdk.scheduler(telemetry)) {
            var order = jobs.spawn(
                    "order",
                    scope -> scope.spawn("chunk", () -> fail("no disk")).join());
            assertThatThrownBy(order::join).isInstanceOf(JobFailedException.class);
        }

        var chunk = sdk.span("chunk");
        assertThat(failureOrigin("order")).isEqualTo(chunk.getSpanId());
        assertThat(sdk.span("order").getAttributes().get(stringKey("jobtree.job.failure.origin.trace_id")))
                .isEqualTo(chunk.getTraceId());
        assertThat(sdk.span("order").getTraceId()).isNotEqualTo(chunk.getTraceId());
    }

    @Test
    void oneThrowable_thrownByUnrelatedJobs_isRecordedByEach() throws Exception {
        var shared = new IOException("shared");
        try (var jobs = sdk.scheduler()) {
            for (var name : new String[] {"first", "second"}) {
                Job<String> job = jobs.spawn(name, () -> {
                    throw shared;
                });
                assertThatThrownBy(job::join).isInstanceOf(JobFailedException.class);
            }
        }

        assertThat(exceptions("first")).isEqualTo(1);
        assertThat(exceptions("second")).isEqualTo(1);
    }

    private static String fail(String message) throws IOException {
        throw new IOException(message);
    }

    private static void sleep() throws InterruptedException {
        Thread.sleep(Duration.ofMinutes(10));
    }

    private long exceptions(String name) {
        return sdk.span(name).getEvents().stream()
                .filter(event -> event.getName().equals("exception"))
                .count();
    }

    private @Nullable String failureOrigin(String name) {
        return sdk.span(name).getAttributes().get(ORIGIN);
    }

    private void assertSpan(
            String name,
            StatusCode status,
            String outcome,
            @Nullable String errorType,
            @Nullable String reason,
            @Nullable String origin) {
        var span = sdk.span(name);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(status);
        assertThat(span.getAttributes().get(stringKey("jobtree.job.outcome"))).isEqualTo(outcome);
        assertThat(span.getAttributes().get(stringKey("error.type"))).isEqualTo(errorType);
        assertThat(span.getAttributes().get(stringKey("jobtree.job.cancel.reason")))
                .isEqualTo(reason);
        assertThat(span.getAttributes().get(stringKey("jobtree.job.cancel.origin")))
                .isEqualTo(origin);
    }
}
