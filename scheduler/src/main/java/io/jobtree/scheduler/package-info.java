/// Jobs on virtual threads: they form trees, have limits and deadlines, and always end.
///
/// ```java
/// try (var jobs = Scheduler.open("orders")) {
///     Job<Page> page = jobs.spawn("page", scope -> {
///         var user = scope.spawn("user", () -> users.load(id));
///         var cart = scope.spawn("cart", () -> carts.load(id));
///         return render(user.join(), cart.join());
///     });
///     show(page.join());
/// }
/// ```
///
/// ## The words
/// - A [Scheduler] is the root scope; it is opened, and closed when the work is over.
/// - A [JobScope] is where jobs are spawned: a scheduler, or what the body of a *branch job* is given.
/// - A [Job] is a unit of work with a name, a parent and one [Outcome]. It is done only when everything
///   below it is.
/// - In a branch job's scope the first failure cancels the siblings and the body, and is the branch
///   job's own. With supervision, and in a scheduler always, a failure stays in its job.
/// - A [Limit], or the limit of a scope, says how many bodies run at once. A job that waits for another
///   one gives its places up meanwhile, so that a parent never blocks its own children.
/// - Cancelling is a request: it flows down, interrupts each body once, and is over when everything has
///   ended.
///
/// ## The rooms
/// - The contract: [Scheduler], [JobScope], [Job], [Limit], their options, [Outcome] and the
///   exceptions.
/// - A job: `Admission` (its state word, and the places it holds), `Lifecycle` (from the start of the
///   body to the outcome, and cancelling), `JobImpl` (the handle), `Waiting` and `Waiter` (who waits
///   for it), `Ending` (how it ends that does not end by itself), `Extras` (what only some jobs have).
/// - A scope: `Scope` (spawning), `LiveJobs` (what is in it), `BranchScope`, `Gate` with `LinkQueue`
///   (places, and who waits for one).
/// - Threads: `Supervisor` (starts what other threads spawn), `ThreadScope` and `StructuredThreadScope`
///   (on the JDK's, which `TaskScopeApi` alone knows).
/// - The end: `Closing`, `Stragglers`, `OpenSchedulers`.
/// - Being watched: [JobObserver], `Observers`, [JobTree], `Pictures`, `Drawing`, `Waits`.
///
/// ## Scoped values
/// A job sees what its scheduler, and each job above it, was told to carry
/// ([SchedulerOptions#withCarried], [JobOptions#withCarried]). What a body binds itself is not
/// inherited by what it spawns, unless it is carried.
package io.jobtree.scheduler;
