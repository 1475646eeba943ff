/// The names and words that go out, in spans, metrics and logs alike.
package io.jobtree.scheduler.otel.semconv;
