package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CarrierTest {
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
        var telemetry = sdk.telemetry();
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
}
