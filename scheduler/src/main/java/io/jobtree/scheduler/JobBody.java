package io.jobtree.scheduler;

import org.jspecify.annotations.Nullable;

/// The body of a branch job: it is given a scope of its own, in which it spawns children.
///
/// ```java
/// jobs.spawn("page", scope -> {
///     var user = scope.spawn("user", () -> users.load(id));
///     var cart = scope.spawn("cart", () -> carts.load(id));
///     return render(user.join(), cart.join());
/// });
/// ```
///
/// @param <T> the type of the result
@FunctionalInterface
public interface JobBody<T extends @Nullable Object> {
    /// Does the work, on the job's own thread. The job is done only when everything spawned into
    /// `scope` has ended too.
    ///
    /// @param scope where children are spawned; open until the job is cancelled or done
    /// @return the job's result
    /// @throws Exception whatever goes wrong; it becomes the job's failure
    T run(JobScope scope) throws Exception;
}
