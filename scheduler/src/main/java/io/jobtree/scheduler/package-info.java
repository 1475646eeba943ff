/// Jobs on virtual threads: they form trees, have limits and deadlines, and none is left running unnoticed.
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
/// below it is.
/// - In a branch job's scope the first failure cancels the siblings and the body, and is the branch
/// job's own. With supervision, and in a scheduler always, a failure stays in its job.
/// - A [Limit], or the limit of a scope, says how many bodies run at once. A job that waits for another
/// one gives its places up meanwhile, so that a parent never blocks its own children.
/// - Cancelling is a request: it flows down, interrupts each body once, and is over when everything has
/// ended.
///
/// ## Scoped values
/// A job sees what its scheduler, and each job above it, has to carry
/// ([SchedulerOptions#withCarried], [JobOptions#withCarried]). What a body binds itself is not
/// inherited by what it spawns, unless it is carried.
package io.jobtree.scheduler;
