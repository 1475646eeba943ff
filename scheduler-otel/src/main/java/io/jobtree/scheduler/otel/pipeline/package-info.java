/// The way of one job to where its telemetry goes, under what users have of it in [io.jobtree.scheduler.otel].
///
/// - Built from `Settings`: a `Pipeline` for each OpenTelemetry, with what there is once for each SDK (`PerSdk`).
/// - A job: `SpawnContext` (what it was spawned under), `ObservedJob` (what its hooks do), `JobSpan` (its span, from
/// start
///   to end); `Observed` (that no two telemetries to one SDK count a job twice).
/// - Spans: `Spans` (makes and ends them), `AttributeRoom`, `FailureOrigins`; which jobs have none: `SpanBudget`,
///   `SpanTree`, and what counts those, `Suppressions`.
/// - While a job runs: `InFlight` (its log events), `RunningJobs`, `Sweeper`.
/// - `Hooks` calls what users gave, `OneThread` runs what is due later, `DeadlineBaggage` is what
///   [io.jobtree.scheduler.otel.JobDeadlines] carries.
package io.jobtree.scheduler.otel.pipeline;
