package io.jobtree.scheduler.temporal;

import static com.google.common.base.Preconditions.checkArgument;
import static io.jobtree.scheduler.temporal.Order.Kind.ACTIVITY;
import static io.jobtree.scheduler.temporal.Order.Kind.BATCH;
import static io.jobtree.scheduler.temporal.Order.Kind.WORKFLOW;

import com.google.common.base.Defaults;
import com.google.common.reflect.Reflection;
import com.google.common.reflect.TypeParameter;
import com.google.common.reflect.TypeToken;
import io.temporal.client.WorkflowClient;
import io.temporal.common.metadata.POJOActivityInterfaceMetadata;
import io.temporal.common.metadata.POJOWorkflowInterfaceMetadata;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// A connection to a server of Temporal. For jobs, it makes bodies that are run elsewhere, to be given to `spawn`; the
/// jobs themselves are like any other. Workers, which run the bodies, are made with it too: [JobWorker].
///
/// ```java
/// try (var remote = RemoteJobs.connect("temporal.example.org:7233")) {
///     var invoice = scope.spawn("bill", remote.activity(BILL, order, RemoteOptions.onQueue("billing")));
/// }
/// ```
///
/// A body waits until the work has ended elsewhere, and ends as that does: with its result; with [RemoteFailure] if it
/// failed; with `JobTimeoutException` if it ran out of time; cancelled if it was. Cancelling the job cancels the work
/// and waits for its end, two heartbeats at most.
///
/// **Threads:** any.
public final class RemoteJobs implements AutoCloseable {
    final WorkflowClient client;
    final RemoteHeaders headers;
    final OpenCalls calls;

    private RemoteJobs(WorkflowClient client, RemoteHeaders headers, OpenCalls calls) {
        this.client = client;
        this.headers = headers;
        this.calls = calls;
    }

    /// Connects to a server.
    ///
    /// @param server host and port; namespace, TLS and keys are as Temporal's own environment variables say
    /// @return the connection
    public static RemoteJobs connect(String server) {
        try {
            var profile =
                    ClientConfigProfile.load().toBuilder().setAddress(server).build();
            var stubs = WorkflowServiceStubs.newServiceStubs(profile.toWorkflowServiceStubsOptions());
            var options = profile.toWorkflowClientOptions().toBuilder();
            options.setContextPropagators(List.of(new HeaderPropagator()));
            return new RemoteJobs(
                    WorkflowClient.newInstance(stubs, options.build()), RemoteHeaders.NONE, new OpenCalls());
        } catch (IOException failure) {
            throw new UncheckedIOException("the configuration of Temporal's clients cannot be read", failure);
        }
    }

    /// Adds what carries the context of each job along, and restores it in workers.
    ///
    /// @param newHeaders the same on both sides
    /// @return one over the same connection
    public RemoteJobs withHeaders(RemoteHeaders newHeaders) {
        return new RemoteJobs(client, newHeaders, calls);
    }

    /// One run of a task.
    ///
    /// @param task what to do
    /// @param input to what
    /// @param options how
    /// @param <I> the type of the input
    /// @param <O> the type of the result
    /// @return a body
    public <I, O> Callable<O> activity(RemoteTask<I, O> task, I input, RemoteOptions options) {
        var order = new Order(task.name(), ACTIVITY, options);
        return new RemoteCall<>(this, order, () -> task.id().apply(input), task.output(), List.of(input));
    }

    /// A run of a task for each of many inputs, 100 to a child workflow. The first failure cancels the others. Inputs
    /// and results together have to fit into one message of the engine: 2 MB.
    ///
    /// @param task what to do
    /// @param inputs to what
    /// @param options how; each run has the heartbeat and the attempts, all together have the timeout
    /// @param <I> the type of an input
    /// @param <O> the type of a result
    /// @return a body that gives the results in the order of the inputs
    public <I, O> Callable<List<O>> activities(RemoteTask<I, O> task, List<I> inputs, RemoteOptions options) {
        var order = new Order(task.name(), BATCH, options);
        var output = TypeToken.of(task.output()).wrap();
        var results = new TypeToken<List<O>>() {}.where(new TypeParameter<>() {}, output);
        return new RemoteCall<>(this, order, RemoteJobs::newId, results.getType(), List.of(List.copyOf(inputs)));
    }

    /// One call of an activity that the workers have an implementation of.
    ///
    /// @param type an activity interface of Temporal
    /// @param call calls one method of it, once
    /// @param options how
    /// @param <A> the interface
    /// @param <T> the type of the result
    /// @return a body
    public <A, T> Callable<T> activity(Class<A> type, Function<? super A, ? extends T> call, RemoteOptions options) {
        var methods = POJOActivityInterfaceMetadata.newInstance(type);
        return call(type, call, m -> new Order(methods.getMethodMetadata(m).getActivityTypeName(), ACTIVITY, options));
    }

    /// One run of a workflow that the workers have an implementation of; it may run activities and workflows below it.
    ///
    /// @param type a workflow interface of Temporal
    /// @param call calls its workflow method, once
    /// @param options how; the attempts are those of the workflow, a cancelled job waits for two heartbeats at most
    /// @param <W> the interface
    /// @param <T> the type of the result
    /// @return a body
    public <W, T> Callable<T> workflow(Class<W> type, Function<? super W, ? extends T> call, RemoteOptions options) {
        var methods = POJOWorkflowInterfaceMetadata.newInstance(type);
        return call(type, call, m -> new Order(methods.getMethodMetadata(m).getName(), WORKFLOW, options));
    }

    /// The call that `call` makes, as a body.
    private <A, T> Callable<T> call(
            Class<A> type, Function<? super A, ? extends T> call, Function<Method, Order> order) {
        var made = new ArrayList<Callable<T>>();
        var recorder = Reflection.newProxy(type, (_, method, arguments) -> {
            var values = arguments == null ? List.of() : Arrays.asList(arguments);
            made.add(new RemoteCall<>(
                    this, order.apply(method), RemoteJobs::newId, method.getGenericReturnType(), values));
            return Defaults.defaultValue(method.getReturnType());
        });
        var _ = call.apply(recorder);
        checkArgument(made.size() == 1, "call must call one method of %s: %s", type.getName(), made.size());
        return made.getFirst();
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }

    /// Closes the connection, which [#withHeaders] shares. Bodies that still wait, and those that come later,
    /// fail with IllegalStateException; their work goes on. Close workers before.
    @Override
    public void close() {
        calls.close();
        var stubs = client.getWorkflowServiceStubs();
        stubs.shutdownNow();
        stubs.awaitTermination(1, TimeUnit.SECONDS);
    }
}
