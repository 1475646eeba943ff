/// What the engine has of the JVM, and what knows nothing of jobs. No API.
///
/// - Threads: `ThreadScope`, `StructuredThreadScope` and `TaskScopeApi` (which call the JDK's structured concurrency),
///   `Task` (what gets a thread there), `Threads` (that no scope owns), `Stack` (is there room on it), `PollingLock`.
/// - Time: `Timers`, `Backoff`.
/// - `Carried` (scoped values), `Failures` (exceptions, which are user code), `Log`, `Checks` (arguments).
package io.jobtree.scheduler.platform;
