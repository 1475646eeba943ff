package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class JobSpansTest {
    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void span_hasTheNameAndTheAttributesOfItsJob() throws Exception {
        Job<String> job;
        try (var jobs = sdk.scheduler()) {
            job = jobs.spawn(JobOptions.named("page").withTag("shop", "berlin"), () -> "done");
            job.join();
        }

        var span = sdk.span("page");
        assertThat(span.getKind()).isEqualTo(SpanKind.INTERNAL);
        assertThat(span.getStatus()).isEqualTo(StatusData.unset());
        assertThat(span.getAttributes().get(longKey("jobtree.job.id"))).isEqualTo(job.id());
        assertThat(span.getAttributes().get(stringKey("jobtree.job.path"))).isEqualTo("orders/page");
        assertThat(span.getAttributes().get(stringKey("jobtree.job.scheduler"))).isEqualTo("orders");
        assertThat(span.getAttributes().get(stringKey("jobtree.job.outcome"))).isEqualTo("succeeded");
        assertThat(span.getAttributes().get(stringKey("shop"))).isEqualTo("berlin");
        assertThat(span.getAttributes().get(doubleKey("jobtree.job.queue.duration")))
                .isBetween(0.0, 10.0);
        assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("io.jobtree.scheduler.otel");
        assertThat(span.getInstrumentationScopeInfo().getSchemaUrl()).startsWith("https://opentelemetry.io/schemas/");
    }

    @Test
    void span_ofAnUnnamedJob_hasNoIdInItsName() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn(() -> "done").join();
        }

        assertThat(sdk.span("job").getAttributes().get(stringKey("jobtree.job.path")))
                .startsWith("orders/job-");
    }

    @Test
    void span_endsWhenTheJobIsDone_notWhenItsBodyIs() throws Exception {
        var childMayEnd = new CountDownLatch(1);
        var bodyOver = new CountDownLatch(1);
        try (var jobs = sdk.scheduler()) {
            var page = jobs.spawn("page", scope -> {
                scope.spawn("user", () -> childMayEnd.await());
                bodyOver.countDown();
                return "body";
            });
            bodyOver.await();
            assertThat(sdk.spans()).isEmpty();
            childMayEnd.countDown();
            page.join();
        }

        assertThat(sdk.spans()).extracting(SpanData::getName).containsExactly("user", "page");
        assertThat(sdk.span("page").getEndEpochNanos())
                .isGreaterThanOrEqualTo(sdk.span("user").getEndEpochNanos());
    }

    @Test
    void childJob_isAChildSpan_alsoOfThreeLevels() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn(
                            "page",
                            page -> page.spawn(
                                            "user",
                                            user -> user.spawn("photo", () -> "png")
                                                    .join())
                                    .join())
                    .join();
        }

        assertChild("page", "user");
        assertChild("user", "photo");
        assertThat(sdk.span("page").getParentSpanContext().isValid()).isFalse();
        assertThat(sdk.spans()).allSatisfy(span -> assertThat(span.getLinks()).isEmpty());
    }

    @Test
    void childJob_spawnedByAnotherThread_isAChildSpanAndLinkedToTheSpawner() throws Exception {
        var scopes = new ArrayBlockingQueue<JobScope>(1);
        var spawned = new CountDownLatch(1);
        try (var jobs = sdk.scheduler()) {
            jobs.spawn("page", page -> {
                scopes.add(page);
                spawned.await();
                return "over";
            });
            var request = sdk.tracer().spanBuilder("request").startSpan();
            try (var _ = request.makeCurrent()) {
                scopes.take().spawn("user", () -> "done").join();
            }
            request.end();
            spawned.countDown();
        }

        assertChild("page", "user");
        assertThat(sdk.span("user").getLinks())
                .singleElement()
                .satisfies(link -> assertThat(link.getSpanContext().getSpanId())
                        .isEqualTo(sdk.span("request").getSpanId()));
    }

    @Test
    void sibling_spawnedByASibling_isAChildOfTheirParent() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn("crawl", crawl -> {
                        crawl.spawn("first", () -> crawl.spawn("second", () -> "done"));
                        return "over";
                    })
                    .join();
        }

        assertChild("crawl", "first");
        assertChild("crawl", "second");
    }

    @Test
    void childJob_spawnedUnderASpanOfTheBody_isAChildOfItsParentAndLinkedToThat() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn("page", page -> {
                        var inner = sdk.tracer().spanBuilder("inner").startSpan();
                        try (var _ = inner.makeCurrent()) {
                            return page.spawn("user", () -> "done").join();
                        } finally {
                            inner.end();
                        }
                    })
                    .join();
        }

        assertChild("page", "user");
        assertChild("page", "inner");
        assertThat(sdk.span("user").getLinks()).hasSize(1);
    }

    @Test
    void attributes_areAddedByTheHook_andAHookThatThrowsHarmsNothing() throws Exception {
        var telemetry = sdk.telemetry().attributes((job, attributes) -> {
            attributes.put("name.length", job.name().length());
            throw new IllegalStateException("broken hook");
        });
        try (var jobs = Sdk.scheduler(telemetry)) {
            jobs.spawn(
                            "page",
                            () -> assertThat(Span.current().getSpanContext().isValid())
                                    .isTrue())
                    .join();
        }

        assertThat(sdk.span("page").getAttributes().get(longKey("name.length"))).isEqualTo(4);
    }

    @Test
    void spanName_isUsed_andTheJobsNameWhereItThrows() throws Exception {
        var telemetry = sdk.telemetry().spanName(job -> {
            if (job.name().equals("odd")) {
                throw new IllegalStateException("broken name");
            }
            return "job " + job.name();
        });
        try (var jobs = Sdk.scheduler(telemetry)) {
            jobs.spawn("page", () -> {}).join();
            jobs.spawn("odd", () -> {}).join();
        }

        assertThat(sdk.spans()).extracting(SpanData::getName).containsExactly("job page", "odd");
    }

    @Test
    void hook_thatThrowsAnError_losesNothing() throws Exception {
        var telemetry = sdk.telemetry()
                .attributes((job, attributes) -> {
                    throw new NoClassDefFoundError("missing");
                })
                .spanName(job -> {
                    throw new StackOverflowError("deep");
                })
                .outcomeAttributes((job, outcome, attributes) -> {
                    throw new AssertionError("broken");
                });
        try (var jobs = Sdk.scheduler(telemetry)) {
            var valid = jobs.spawn("page", () -> Span.current().getSpanContext().isValid());
            assertThat(valid.join()).isTrue();
        }

        assertThat(sdk.span("page").getAttributes().get(stringKey("jobtree.job.outcome")))
                .isEqualTo("succeeded");
    }

    @Test
    void tags_andHooks_leaveTheModulesOwnKeysAlone() throws Exception {
        var telemetry = sdk.telemetry()
                .attributes((job, attributes) ->
                        attributes.put("jobtree.job.id", -1).put("mine", "yes"));
        var options = JobOptions.named("page")
                .withTag("jobtree.job.id", "7")
                .withTag("error.type", "none")
                .withTag("tenant", "acme");
        long id;
        try (var jobs = Sdk.scheduler(telemetry)) {
            var page = jobs.spawn(options, () -> "done");
            page.join();
            id = page.id();
        }

        var attributes = sdk.span("page").getAttributes();
        assertThat(attributes.get(longKey("jobtree.job.id"))).isEqualTo(id);
        assertThat(attributes.get(stringKey("jobtree.job.id"))).isNull();
        assertThat(attributes.get(stringKey("error.type"))).isNull();
        assertThat(attributes.get(stringKey("jobtree.tag.jobtree.job.id"))).isEqualTo("7");
        assertThat(attributes.get(stringKey("jobtree.tag.error.type"))).isEqualTo("none");
        assertThat(attributes.get(stringKey("tenant"))).isEqualTo("acme");
        assertThat(attributes.get(stringKey("mine"))).isEqualTo("yes");
    }

    @Test
    void kind_isGivenByTheHook() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().spanKind(job -> SpanKind.CONSUMER))) {
            jobs.spawn("page", () -> "done").join();
        }

        assertThat(sdk.span("page").getKind()).isEqualTo(SpanKind.CONSUMER);
    }

    @Test
    void scope_hasTheVersion() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn("page", () -> "done").join();
        }

        assertThat(sdk.span("page").getInstrumentationScopeInfo().getVersion()).matches("\\d+\\.\\d+.*");
    }

    @Test
    void queueSpan_coversTheTimeFromSpawnToStart() throws Exception {
        var options = Sdk.options(sdk.telemetry().queueSpan(true)).withLimit(1);
        var release = new CountDownLatch(1);
        try (var jobs = io.jobtree.scheduler.Scheduler.open(options)) {
            jobs.spawn("first", () -> release.await());
            var second = jobs.spawn("second", () -> "done");
            release.countDown();
            second.join();
        }

        var queued = sdk.span("second queued");
        var second = sdk.span("second");
        assertChild("second", "second queued");
        assertThat(queued.getStartEpochNanos()).isLessThan(second.getStartEpochNanos());
        var seconds = second.getAttributes().get(doubleKey("jobtree.job.queue.duration"));
        assertThat((queued.getEndEpochNanos() - queued.getStartEpochNanos()) / 1e9)
                .isCloseTo(seconds, org.assertj.core.data.Offset.offset(1e-6));
    }

    @Test
    void policy_roots_givesOthersNone_andTheirSpansHangOnTheRoot() throws Exception {
        runPageWithPolicy(SpanPolicy.roots());

        assertThat(names()).containsExactlyInAnyOrder("page", "query user", "query photo");
        assertChild("page", "query user");
        assertChild("page", "query photo");
    }

    @Test
    void policy_named_leavesUnnamedJobsOut() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().spans(SpanPolicy.named()))) {
            jobs.spawn(
                            "page",
                            page -> page.spawn(inner ->
                                            inner.spawn("photo", () -> "png").join())
                                    .join())
                    .join();
        }

        assertThat(names()).containsExactlyInAnyOrder("page", "photo");
        assertChild("page", "photo");
    }

    @Test
    void policy_matching_hangsSpansOnTheNextOneAbove() throws Exception {
        runPageWithPolicy(SpanPolicy.matching(job -> !job.name().equals("user")));

        assertThat(names()).containsExactlyInAnyOrder("page", "query user", "photo", "query photo");
        assertChild("page", "photo");
        assertChild("page", "query user");
        assertChild("photo", "query photo");
    }

    @Test
    void policy_none_passesTheSpawnersContextThrough() throws Exception {
        var request = sdk.tracer().spanBuilder("request").startSpan();
        try (var _ = request.makeCurrent()) {
            runPageWithPolicy(SpanPolicy.none());
        } finally {
            request.end();
        }

        assertThat(names()).containsExactlyInAnyOrder("query user", "query photo", "request");
        assertChild("request", "query user");
        assertChild("request", "query photo");
    }

    @Test
    void policy_thatThrows_leavesTheJobWithoutASpan() throws Exception {
        runPageWithPolicy(SpanPolicy.matching(job -> {
            throw new IllegalStateException("broken policy");
        }));

        assertThat(names()).containsExactlyInAnyOrder("query user", "query photo");
    }

    /// A page with a user with a photo; the latter two make a span of their own.
    private void runPageWithPolicy(SpanPolicy policy) throws InterruptedException {
        try (var jobs = Sdk.scheduler(sdk.telemetry().spans(policy))) {
            jobs.spawn(
                            "page",
                            page -> page.spawn("user", user -> {
                                        query("query user");
                                        return user.spawn("photo", () -> query("query photo"))
                                                .join();
                                    })
                                    .join())
                    .join();
        }
    }

    private String query(String name) {
        sdk.tracer().spanBuilder(name).startSpan().end();
        return name;
    }

    private List<String> names() {
        return sdk.spans().stream().map(SpanData::getName).toList();
    }

    private void assertChild(String parent, String child) {
        assertThat(sdk.span(child).getParentSpanId()).isEqualTo(sdk.span(parent).getSpanId());
        assertThat(sdk.span(child).getTraceId()).isEqualTo(sdk.span(parent).getTraceId());
    }
}
