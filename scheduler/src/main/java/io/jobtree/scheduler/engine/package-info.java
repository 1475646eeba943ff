/// Runs jobs: their lives, places in limits, waits, scopes, ends. What users have of it are the sealed types of
/// [io.jobtree.scheduler]; what is public here is so for that package, and no API.
///
/// - The API's handles: `RootScope` (what a `Scheduler` does), `BranchScope`, `JobImpl`; `ApiAccess` (what the engine
///   needs of the API's classes and users are not to have).
/// - A job: `JobImpl` (its state, and the way from its spawn to its outcome), `Link` (its place in lists, and what its
///   thread runs), `Ending`, `Extras` (what only some jobs have), `JobFuture`.
/// - Waiting: `Waiting`, `Waiter`, `Waiters`.
/// - Places: `Places` (asks, gives up, takes back, releases), `Holding` (which a job needs, and its scope), `Gate`
///   (a limit), and who waits for it: `PendingQueue`, `LinkQueue` (jobs that return from a wait, and spawners, by a
///   `RoomRequest`); `StallWatch`.
/// - A scope: `Scope` (spawning), `LiveJobs` (what is in it), `CancelQueue`, `Interrupts`.
/// - Threads: `Supervisor` (starts what other threads spawn), `Supervisors`; `Worker` (a reused thread), `Workers`
///   (which job it takes next), `Running` (the current job, by a thread's binding); `EngineClasses`.
/// - Deadlines: `JobImpl.timeOut`.
/// - The end: `Closing`, `Stragglers`, `OpenSchedulers`; at exit `ShutdownHook`, `Exits` (which
///   jobs have called `System.exit`).
/// - Being watched: `Observers`, `Notifying` (of what on this thread), `CancelNotices`,
///   `FailureNotice` (for the failure handler too), `Pictures` (takes a
///   tree), `Holders` (of places), `Paths`.
package io.jobtree.scheduler.engine;
