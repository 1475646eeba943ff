package io.jobtree.scheduler.otel.sdk;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import java.util.Objects;

/// Samples a root span that has links as what it is linked to was sampled, so that a request and the jobs that it
/// left behind are both there or both not. All else is up to another sampler.
///
/// ```java
/// SdkTracerProvider.builder().setSampler(LinkSampler.create(Sampler.parentBased(Sampler.traceIdRatioBased(0.01))))
/// ```
///
/// A root with several links is sampled if one of them is.
///
/// **Threads:** any thread may call anything.
@SuppressWarnings("exports") // who uses it requires what it is made for
public final class LinkSampler implements Sampler {
    private static final AttributeKey<Long> JOB = AttributeKey.longKey("jobtree.job.id");

    private final Sampler others;
    private final boolean jobsAlone;

    private LinkSampler(Sampler others, boolean jobsAlone) {
        this.others = Objects.requireNonNull(others, "others");
        this.jobsAlone = jobsAlone;
    }

    /// A sampler that follows the links of any root span.
    ///
    /// @param others decides on spans that have a parent, or no link
    /// @return the sampler
    public static LinkSampler create(Sampler others) {
        return new LinkSampler(others, false);
    }

    /// A sampler that follows the links of jobs' spans, and of no others.
    ///
    /// @param others decides on all other spans
    /// @return the sampler
    public static LinkSampler ofJobs(Sampler others) {
        return new LinkSampler(others, true);
    }

    @Override
    public SamplingResult shouldSample(
            Context parentContext,
            String traceId,
            String name,
            SpanKind spanKind,
            Attributes attributes,
            List<LinkData> parentLinks) {
        if (isRoot(parentContext) && (!jobsAlone || attributes.get(JOB) != null)) {
            var linked = parentLinks.stream()
                    .map(LinkData::getSpanContext)
                    .filter(SpanContext::isValid)
                    .toList();
            if (!linked.isEmpty()) {
                return linked.stream().anyMatch(SpanContext::isSampled)
                        ? SamplingResult.recordAndSample()
                        : SamplingResult.drop();
            }
        }
        return others.shouldSample(parentContext, traceId, name, spanKind, attributes, parentLinks);
    }

    private static boolean isRoot(Context parentContext) {
        return !Span.fromContext(parentContext).getSpanContext().isValid();
    }

    @Override
    public String getDescription() {
        return "LinkSampler{" + (jobsAlone ? "jobs, " : "") + others.getDescription() + '}';
    }

    @Override
    public String toString() {
        return getDescription();
    }
}
