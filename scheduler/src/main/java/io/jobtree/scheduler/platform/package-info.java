/// What the engine has of the JVM, and what knows nothing of jobs. No API.
///
/// - Threads: `ThreadScope`, `StructuredThreadScope` and `TaskScopeApi` (which call the JDK's
///   structured concurrency), `Task` (what gets a thread there), `Threads` (that no scope owns),
///   `Daemon` (one of these, used again), `Stack` (is there room on it), `PollingLock`,
///   `CountedSet`, `Handles` (of fields that threads share).
/// - Time: `Timers`, `CalendarAnchor`, `Backoff` (until another thread has done a few steps),
///   `Retry` (until there is memory).
/// - Exceptions, which are user code: `Failures`, `Suppression`.
/// - `Carried` (scoped values), `Log`, `Checks` (arguments).
package io.jobtree.scheduler.platform;
