package io.jobtree.scheduler.otel;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the spans that were started and not ended.
final class OpenSpans implements SpanProcessor {
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    int count() {
        return count.get();
    }

    int ended() {
        return ended.get();
    }

    @Override
    public void onStart(Context parentContext, ReadWriteSpan span) {
        count.incrementAndGet();
    }

    @Override
    public boolean isStartRequired() {
        return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        count.decrementAndGet();
        ended.incrementAndGet();
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }
}
