/// Ways to look at jobs, each an observer that is added where somebody wants to look:
///
/// - [Timeline] records a run as a page for a browser, or as a trace for Perfetto.
/// - [JobFlightRecorder] writes events for JDK Flight Recorder.
/// - [SchedulerBeans] shows open schedulers over JMX, and lets jobs be cancelled there.
package io.jobtree.scheduler.timeline;
