/// Every job a span, in production: OpenTelemetry traces, metrics and logs of the jobs of a scheduler.
///
/// ```java
/// JobTelemetry telemetry = JobTelemetry.create(openTelemetry);
/// var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(telemetry));
/// ```
///
/// The spawning thread's context, with its baggage, is current on the job's thread while the body runs. Each job
/// that runs has a span, from the start of its body until the job is done with everything below it; the tree of
/// spans is the tree of jobs, and a job of the scheduler itself is a child of the span it was spawned under, see
/// [RootRelation].
///
/// Attributes of a span:
/// - `jobtree.job.id`, `jobtree.job.path`, `jobtree.job.scheduler`, `jobtree.job.queue.duration` (seconds), and
///   the job's tags under their own keys; a tag whose key is one of this module's is put below `jobtree.tag.`,
/// - `jobtree.job.outcome`: `succeeded`, `failed` or `cancelled`,
/// - of a failed job, whose status is ERROR: `error.type`, the class of the failure or `timeout` for a job whose
///   own time ran out; where the failure began in a job below, `jobtree.job.failure.origin.span_id`, that job's
///   span, or the first above it that goes out, which alone records the exception, with
///   `jobtree.job.failure.origin.trace_id` if it is of another trace; and for a failure that is
///   [expected][JobTelemetryBuilder#expectedFailures], whose status is not set, `jobtree.job.failure.expected`,
/// - of a cancelled job: `jobtree.job.cancel.reason`, and `jobtree.job.cancel.origin`, the path of the job where
///   it began,
/// - of a root below which jobs have no span, see [JobTelemetryBuilder#maxPerTree] and
///   [JobTelemetryBuilder#spanBudget], and of a span that such jobs were spawned under:
///   `jobtree.tree.suppressed_spans`, how many; of jobs that have no such span, the next root has
///   `jobtree.suppressed_spans_before`.
///
/// Events of a span: `exception`; `jobtree.job.cancelling`, when the job was asked to stop, with reason and origin as
/// for a cancelled job; `jobtree.job.straggler`, where it outlived the close of its scheduler; and on the span that is
/// current where a spawn gives no job, `jobtree.job.refused`, with scheduler, name and `jobtree.job.refused.reason`:
/// `closed`, `full` (of `trySpawn`) or `interrupted`.
///
/// Metrics, with `jobtree.job.scheduler` and `jobtree.job.name`:
/// - `jobtree.job.duration` (histogram, s) of jobs that ran, with the outcome, the failure's type, the reason,
/// - `jobtree.job.queue.duration` (histogram, s) from spawn to start,
/// - `jobtree.job.active` (up-down counter, read when metrics are collected), with `jobtree.job.state`, `pending`
///   or `running`; counted where at least one of the others is enabled,
/// - `jobtree.job.cancelling` (the same kind): jobs that were asked to stop and have not,
/// - `jobtree.job.not_started` (counter), with `jobtree.job.not_started.reason`,
/// - `jobtree.job.refused` (counter), with the scheduler and `jobtree.job.refused.reason` alone: spawns that gave no
///   job,
/// - `jobtree.job.stragglers` (counter): jobs that outlived the close of their scheduler,
/// - `jobtree.job.suppressed_spans` (counter): jobs that have no span because the budget had none left,
/// - `jobtree.job.oldest.age` (gauge, s), of each scheduler: since the spawn of its oldest job that is not done.
///
/// And with `jobtree.limit.name` and `jobtree.limit.kind`, `scheduler` or `shared`: `jobtree.limit.places`,
/// `jobtree.limit.taken` and `jobtree.limit.waiting` (up-down counters). A job that waits for another holds no
/// place.
///
/// Log events, in the context of the job: `jobtree.job.started` of a job that runs long, then
/// `jobtree.job.heartbeat`, and `jobtree.job.straggler`.
///
/// Found by itself, by the service loader: a telemetry for schedulers that have none of their own, and what
/// [io.jobtree.scheduler.otel.sdk] has for an SDK that is configured by properties. `jobtree.otel.enabled=false`,
/// or `JOBTREE_OTEL_ENABLED`, switches both off.
package io.jobtree.scheduler.otel;
