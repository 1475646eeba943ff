package io.jobtree.scheduler.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import java.util.function.Function;

/// Samples spans by their names alone.
///
/// @param byName what becomes of the spans of a name
record NamedSampler(Function<String, SamplingResult> byName) implements Sampler {
    @Override
    public SamplingResult shouldSample(
            Context parent, String traceId, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
        return byName.apply(name);
    }

    @Override
    public String getDescription() {
        return "by name";
    }
}
