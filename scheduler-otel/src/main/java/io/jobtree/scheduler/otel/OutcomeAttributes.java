package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Outcome;
import io.opentelemetry.api.common.AttributesBuilder;

/// Adds attributes to the span of a job that has ended; see [JobTelemetryBuilder#outcomeAttributes].
@FunctionalInterface
public interface OutcomeAttributes {
    /// Adds attributes.
    ///
    /// @param job the job
    /// @param outcome how it ended
    /// @param attributes takes them
    void add(Job<?> job, Outcome<?> outcome, AttributesBuilder attributes);
}
