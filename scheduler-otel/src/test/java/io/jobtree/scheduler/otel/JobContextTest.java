package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class JobContextTest {
    private static final ContextKey<Integer> NUMBER = ContextKey.named("number");

    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void oneLambda_spawnedAThousandTimes_keepsEachContext() throws Exception {
        Callable<@Nullable Integer> body = () -> Context.current().get(NUMBER);
        var spawned = new ArrayList<Job<@Nullable Integer>>();
        try (var jobs = sdk.scheduler()) {
            for (int i = 0; i < 1_000; i++) {
                try (var _ = Context.current().with(NUMBER, i).makeCurrent()) {
                    spawned.add(jobs.spawn("one", body));
                }
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(spawned.get(i).join()).isEqualTo(i);
            }
        }

        assertThat(sdk.spans()).hasSize(1_000);
    }

    @Test
    void oneLambda_spawnedByManyThreads_keepsEachContext() throws Exception {
        Callable<@Nullable Integer> body = () -> Context.current().get(NUMBER);
        try (var jobs = sdk.scheduler();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var wrong = new ArrayList<java.util.concurrent.Future<Boolean>>();
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                wrong.add(threads.submit(() -> {
                    try (var _ = Context.current().with(NUMBER, number).makeCurrent()) {
                        return !Integer.valueOf(number)
                                .equals(jobs.spawn("one", body).join());
                    }
                }));
            }
            for (var one : wrong) {
                assertThat(one.get()).isFalse();
            }
        }
    }

    @Test
    void span_isCurrentInTheBody_andInTheBodyAlone() throws Exception {
        try (var jobs = sdk.scheduler()) {
            var id = jobs.spawn("page", () -> Span.current().getSpanContext().getSpanId())
                    .join();

            assertThat(id).isEqualTo(sdk.span("page").getSpanId());
            assertThat(Context.current()).isSameAs(Context.root());
        }
    }

    @Test
    void context_isReleased_whenAJobIsCancelledBeforeItRuns() throws Exception {
        var release = new CountDownLatch(1);
        try (var jobs = Scheduler.open(Sdk.options(sdk.telemetry()).withLimit(1));
                var _ = Context.current().with(NUMBER, 1).makeCurrent()) {
            jobs.spawn("first", () -> release.await());
            for (int i = 0; i < 100; i++) {
                jobs.spawn("never", () -> "never").cancel();
            }
            release.countDown();
        }

        assertThat(sdk.spans()).hasSize(1);
    }

    @Test
    void reusedThread_hasTheContextOfEachJob_andNoneOfTheJobBefore() throws Exception {
        Callable<@Nullable Integer> body = () -> Context.current().get(NUMBER);
        var spawned = new ArrayList<Job<@Nullable Integer>>();
        var options = Sdk.options(sdk.telemetry()).withLimit(2).withThreadReuse();
        try (var jobs = Scheduler.open(options)) {
            for (int i = 0; i < 1_000; i++) {
                var context = i % 2 == 0 ? Context.root() : Context.root().with(NUMBER, i);
                try (var _ = context.makeCurrent()) {
                    spawned.add(jobs.spawn("one", body));
                }
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(spawned.get(i).join()).isEqualTo(i % 2 == 0 ? null : i);
            }
        }

        assertThat(sdk.spans())
                .hasSize(1_000)
                .allSatisfy(span ->
                        assertThat(span.getParentSpanContext().isValid()).isFalse());
    }

    @Test
    void untraced_theContextIsStillCurrent() throws Exception {
        var telemetry = JobTelemetry.builder(io.opentelemetry.api.OpenTelemetry.noop());
        try (var jobs = Sdk.scheduler(telemetry);
                var _ = Context.current().with(NUMBER, 7).makeCurrent()) {
            assertThat(jobs.spawn("page", () -> Context.current().get(NUMBER)).join())
                    .isEqualTo(7);
        }
    }
}
