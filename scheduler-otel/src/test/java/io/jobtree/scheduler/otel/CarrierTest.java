package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CarrierTest {
    private static final ContextKey<Integer> NUMBER = ContextKey.named("number");

    private static final Context PARENT = Context.root()
            .with(Span.wrap(SpanContext.createFromRemoteParent(
                    "0af7651916cd43dd8448eb211c80319c",
                    "b7ad6b7169203331",
                    TraceFlags.getSampled(),
                    TraceState.getDefault())));

    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void job_thatComesFromAQueue_isAChildOfTheJobThatSentIt_withItsBaggage() throws Exception {
        var telemetry = sdk.telemetry();
        var queue = new ConcurrentLinkedQueue<Messages.Message>();
        var message = new Messages.Message(new HashMap<>(), "a book");
        try (var jobs = Sdk.scheduler(telemetry)) {
            var messages = new Messages(telemetry.build(), jobs, queue);
            try (var _ = tenant("acme").makeCurrent()) {
                jobs.spawn("send", () -> messages.send(message)).join();
            }
            assertThat(messages.receive(queue.remove()).join()).isEqualTo("a book for acme");
        }

        assertThat(message.headers()).containsKeys("traceparent", "baggage");
        assertThat(sdk.span("order").getTraceId()).isEqualTo(sdk.span("send").getTraceId());
        assertThat(sdk.span("order").getParentSpanId())
                .isEqualTo(sdk.span("send").getSpanId());
        assertThat(sdk.span("order").getParentSpanContext().isRemote()).isTrue();
        assertThat(sdk.span("order").getLinks()).isEmpty();
    }

    private static Context tenant(String name) {
        return Baggage.builder().put("tenant", name).build().storeInContext(Context.root());
    }

    @Test
    void givenParent_isForTheSpawnAlone_notForWhatTheJobSpawnsElsewhere() throws Exception {
        var telemetry = sdk.telemetry().rootRelation(RootRelation.LINK);
        var carrier = telemetry.build();
        try (var jobs = Sdk.scheduler(telemetry);
                var others = Sdk.scheduler(telemetry)) {
            var parent =
                    carrier.extract(Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
            carrier.withParent(
                            parent,
                            () -> jobs.spawn(
                                    "receive",
                                    () -> others.spawn("other", () -> "done").join()))
                    .join();
        }

        assertThat(sdk.span("receive").getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(sdk.span("other").getTraceId()).isNotEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(sdk.span("other").getLinks()).hasSize(1);
    }

    @Test
    void childJob_withAGivenParent_staysInItsTreeAndIsLinked() throws Exception {
        var telemetry = sdk.telemetry();
        var carrier = telemetry.build();
        var parent = carrier.extract(Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        try (var jobs = Sdk.scheduler(telemetry)) {
            jobs.spawn(
                            "batch",
                            batch -> carrier.withParent(parent, () -> batch.spawn("item", () -> "done"))
                                    .join())
                    .join();
        }

        assertThat(sdk.span("item").getParentSpanId())
                .isEqualTo(sdk.span("batch").getSpanId());
        assertThat(sdk.span("item").getLinks())
                .singleElement()
                .satisfies(link ->
                        assertThat(link.getSpanContext().getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c"));
    }

    @Test
    void headersWithoutAContext_changeNothing() throws Exception {
        var telemetry = sdk.telemetry();
        var carrier = telemetry.build();
        try (var jobs = Sdk.scheduler(telemetry)) {
            carrier.withParent(carrier.extract(Map.of()), () -> jobs.spawn("receive", () -> "done"))
                    .join();
        }

        assertThat(sdk.span("receive").getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void givenParent_leavesTheCurrentContextAsItIs() {
        var carrier = sdk.telemetry().build();
        var before = Context.current();

        assertThat(carrier.<Context>withParent(PARENT, Context::current)).isSameAs(before);
    }

    @Test
    void spanThatIsMadeCurrentInside_goesBeforeTheGivenParent() throws Exception {
        var telemetry = sdk.telemetry();
        var carrier = telemetry.build();
        try (var jobs = Sdk.scheduler(telemetry)) {
            carrier.withParent(PARENT, () -> {
                        var inner = sdk.tracer().spanBuilder("inner").startSpan();
                        try (var _ = inner.makeCurrent()) {
                            return jobs.spawn("receive", () -> "done");
                        } finally {
                            inner.end();
                        }
                    })
                    .join();
        }

        assertThat(sdk.span("receive").getParentSpanId())
                .isEqualTo(sdk.span("inner").getSpanId());
        assertThat(sdk.span("inner").getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void baggageThatIsMadeCurrentInside_isAddedToTheGivenOne() throws Exception {
        var telemetry = sdk.telemetry();
        var carrier = telemetry.build();
        var given = Baggage.builder()
                .put("tenant", "acme")
                .put("shop", "north")
                .build()
                .storeInContext(PARENT);
        try (var jobs = Sdk.scheduler(telemetry);
                var _ = Context.root().with(NUMBER, 7).makeCurrent()) {
            var seen = carrier.withParent(given, () -> {
                var inner = Baggage.builder()
                        .put("tenant", "other")
                        .put("cart", "1")
                        .build();
                try (var _ = Context.current().with(inner).makeCurrent()) {
                    return jobs.spawn("receive", () -> {
                        var baggage = Baggage.current();
                        return baggage.getEntryValue("tenant")
                                + ' '
                                + baggage.getEntryValue("shop")
                                + ' '
                                + baggage.getEntryValue("cart")
                                + ' '
                                + Context.current().get(NUMBER);
                    });
                }
            });
            assertThat(seen.join()).isEqualTo("other north 1 7");
        }

        assertThat(sdk.span("receive").getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    }

    @Test
    void givenParent_isForTheGivingThread_notForAnExecutorThatTakesContextsAlong() throws Exception {
        var telemetry = sdk.telemetry();
        var carrier = telemetry.build();
        try (var threads = Executors.newSingleThreadExecutor();
                var jobs = Sdk.scheduler(telemetry)) {
            var propagating = Context.taskWrapping(threads);
            carrier.withParent(PARENT, () -> {
                        propagating.execute(() ->
                                sdk.tracer().spanBuilder("foreign").startSpan().end());
                        return CompletableFuture.supplyAsync(() -> jobs.spawn("elsewhere", () -> "done"), propagating);
                    })
                    .get()
                    .join();
        }

        for (var name : List.of("foreign", "elsewhere")) {
            assertThat(sdk.span(name).getTraceId()).isNotEqualTo("0af7651916cd43dd8448eb211c80319c");
        }
    }

    @Test
    void headers_areReadInUpperCaseAndLowerCase() throws Exception {
        var telemetry = sdk.telemetry();
        var carrier = telemetry.build();
        var parent = carrier.extract(Map.of(
                "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "BAGGAGE", "tenant=acme"));
        try (var jobs = Sdk.scheduler(telemetry)) {
            var tenant = carrier.withParent(
                    parent, () -> jobs.spawn("receive", () -> Baggage.current().getEntryValue("tenant")));
            assertThat(tenant.join()).isEqualTo("acme");
        }

        assertThat(sdk.span("receive").getParentSpanId()).isEqualTo("b7ad6b7169203331");
    }

    /// As `HttpURLConnection` gives them: the status line has no name.
    @Test
    @SuppressWarnings("NullAway") // what callers without it hand in
    void headersWithoutAName_orWithoutAValue_areLeftOut() {
        var headers = new LinkedHashMap<@Nullable String, @Nullable String>();
        headers.put(null, "HTTP/1.1 200 OK");
        headers.put("traceparent", null);
        headers.put("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        var parent = sdk.telemetry().build().extract(headers);
        assertThat(Span.fromContext(parent).getSpanContext().getSpanId()).isEqualTo("b7ad6b7169203331");
    }

    @Test
    @SuppressWarnings("NullAway") // As a URLConnection gives them.
    void headersWithoutAName_areLeftOut_alsoForAPropagatorThatReadsAll() {
        var seen = new ArrayList<@Nullable String>();
        var readsAll = new ReadsAll(seen);
        var headers = new HashMap<@Nullable String, String>();
        headers.put(null, "HTTP/1.1 200 OK");
        headers.put("uberctx-tenant", "acme");

        JobTelemetry.create(OpenTelemetry.propagating(ContextPropagators.create(readsAll)))
                .extract(headers);
        assertThat(seen).containsExactly("uberctx-tenant");
    }

    /// As that of Jaeger, whose baggage has a header for each entry.
    private record ReadsAll(List<@Nullable String> seen) implements TextMapPropagator {
        @Override
        public List<String> fields() {
            return List.of();
        }

        @Override
        public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {}

        @Override
        public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
            getter.keys(carrier).forEach(seen::add);
            return context;
        }
    }

    @Test
    void contextsGoOut_andComeIn_afterTheClose() {
        var telemetry = sdk.telemetry().build();
        telemetry.close();
        var request = sdk.tracer().spanBuilder("GET").startSpan();
        var headers = new HashMap<String, String>();
        try (var _ = request.makeCurrent()) {
            telemetry.inject(headers::put);
        } finally {
            request.end();
        }

        assertThat(Span.fromContext(telemetry.extract(headers)).getSpanContext().getSpanId())
                .isEqualTo(request.getSpanContext().getSpanId());
    }
}
