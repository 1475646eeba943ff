/// Jobs for applications that use Micrometer: [metrics][io.jobtree.scheduler.micrometer.JobMeters], for those that
/// do not have them from OpenTelemetry, and [thread-locals][io.jobtree.scheduler.micrometer.CarriedThreadLocals],
/// the logging context for one, that go with a job to its thread.
package io.jobtree.scheduler.micrometer;
