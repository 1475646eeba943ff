/// Every job a span, in production: OpenTelemetry traces, metrics and logs of the jobs of a scheduler.
///
/// ```java
/// JobTelemetry telemetry = JobTelemetry.create(openTelemetry);
/// var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(telemetry));
/// ```
///
/// The spawning thread's context, with its baggage, is current on the job's thread while the body runs. Each
/// job that runs has a span, from the start of its body until the job is done with everything below it; the
/// tree of spans is the tree of jobs. A job of the scheduler itself starts a new trace that is linked to the
/// span it was spawned under, see [RootRelation].
///
/// Attributes of a span:
/// - `jobtree.job.id`, `jobtree.job.path`, `jobtree.job.scheduler`, `jobtree.job.queue.duration` (seconds), and
///   the job's tags under their own keys,
/// - `jobtree.job.outcome`: `succeeded`, `failed` or `cancelled`,
/// - of a failed job, whose status is ERROR: `error.type`, the class of the failure or `timeout` for a job
///   whose own time ran out; and where the failure began in a job below, `jobtree.job.failure.origin.span_id`,
///   that job's span, which alone records the exception,
/// - of a cancelled job: `jobtree.job.cancel.reason`, and `jobtree.job.cancel.origin`, the path of the job
///   where it began,
/// - of the root of a tree that had more jobs than [JobTelemetryBuilder#maxPerTree]:
///   `jobtree.tree.suppressed_spans`.
///
/// Metrics, with `jobtree.job.scheduler` and `jobtree.job.name`:
/// - `jobtree.job.duration` (histogram, s) of jobs that ran, with the outcome, the failure's type, the reason,
/// - `jobtree.job.queue.duration` (histogram, s) from spawn to start,
/// - `jobtree.job.active` (up-down counter, read when metrics are collected), with `jobtree.job.state`, `pending` or
///   `running`; counted where at least one of the others is enabled,
/// - `jobtree.job.not_started` (counter), with `jobtree.job.not_started.reason`.
package io.jobtree.scheduler.otel;
