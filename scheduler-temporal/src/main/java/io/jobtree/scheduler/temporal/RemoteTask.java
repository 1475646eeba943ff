package io.jobtree.scheduler.temporal;

import io.jobtree.scheduler.JobScope;
import io.temporal.common.converter.EncodedValues;
import java.util.UUID;
import java.util.function.Function;

/// Work that another JVM can run: it knows the task by its name. What travels is the name, the input and the result,
/// the last two as JSON; the body does not, so a worker has the same task.
///
/// ```java
/// static final RemoteTask<Order, Invoice> BILL =
///         RemoteTask.of("bill", Order.class, Invoice.class, (scope, order) -> bill(order)).withId(Order::number);
/// ```
///
/// @param name the same for ever, in every JVM
/// @param input the type of the input
/// @param output the type of the result
/// @param id names the work of an input: while that runs, or once it has succeeded, asking again starts nothing and
///     gives the result of the first
/// @param body may run more than once, and several times at once
/// @param <I> the type of the input
/// @param <O> the type of the result
public record RemoteTask<I, O>(
        String name, Class<I> input, Class<O> output, Function<? super I, String> id, Body<I, O> body) {
    /// A task whose every call is work of its own.
    ///
    /// @param name the same for ever, in every JVM
    /// @param input the type of the input
    /// @param output the type of the result
    /// @param body may run more than once, and several times at once
    /// @param <I> the type of the input
    /// @param <O> the type of the result
    /// @return the task
    public static <I, O> RemoteTask<I, O> of(String name, Class<I> input, Class<O> output, Body<I, O> body) {
        return new RemoteTask<>(name, input, output, _ -> UUID.randomUUID().toString(), body);
    }

    /// This task with an id for each input.
    ///
    /// @param newId gives the same id for what is the same work
    /// @return a task
    public RemoteTask<I, O> withId(Function<? super I, String> newId) {
        return new RemoteTask<>(name, input, output, newId, body);
    }

    /// Runs it with the arguments of an activity that has no interface.
    O run(JobScope scope, Object[] arguments) throws Exception {
        return body.run(scope, ((EncodedValues) arguments[0]).get(0, input));
    }

    /// What a task does, as a branch job of the worker.
    ///
    /// @param <I> the type of the input
    /// @param <O> the type of the result
    public interface Body<I, O> {
        /// Does the work. [RemoteAttempt#current] describes the attempt.
        ///
        /// @param scope for jobs below this one
        /// @param input what it is given
        /// @return the result
        /// @throws Exception if it failed; another attempt may be made
        O run(JobScope scope, I input) throws Exception;
    }
}
