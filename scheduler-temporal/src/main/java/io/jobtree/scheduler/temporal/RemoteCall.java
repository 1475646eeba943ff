package io.jobtree.scheduler.temporal;

import com.google.common.base.Throwables;
import com.google.common.reflect.TypeToken;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobTimeoutException;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A body that starts a workflow and waits for it. The network is left to other threads, so that an interrupt ends no
/// request half-way.
///
/// @param order without regard to the job's deadline
/// @param id names the work of each call
/// @param result the type of the result
/// @param arguments of the activity or workflow; of a batch, a list of those of the activities
record RemoteCall<T>(
        RemoteJobs jobs, Order order, Supplier<String> id, Type result, List<? extends @Nullable Object> arguments)
        implements Callable<T> {
    @Override
    public T call() throws Exception {
        var job = Job.current();
        var path = job.map(Job::path).orElse(order.name());
        var rest = job.flatMap(Job::deadline).map(deadline -> Duration.between(Instant.now(), deadline));
        var bounded = rest.map(order::within).orElse(order);
        var headers = jobs.headers.current();
        var started = CompletableFuture.supplyAsync(() -> start(path, bounded, headers), Thread::startVirtualThread);
        var ended = jobs.calls.add(started.thenCompose(this::ended));
        try {
            return ended.get();
        } catch (InterruptedException cancelled) {
            var _ = started.thenAcceptAsync(
                    stub -> stub.cancel("job " + path + " was cancelled"), Thread::startVirtualThread);
            // The work hears of it within a heartbeat, or is given up after one; however it ends, the job is cancelled.
            var over = ended.handle((_, _) -> true);
            long patience = 2 * order.options().heartbeat().toMillis();
            over.completeOnTimeout(false, patience, TimeUnit.MILLISECONDS).join();
            throw cancelled;
        } catch (ExecutionException failed) {
            if (ended.exceptionNow() instanceof OpenCalls.ConnectionClosed) {
                throw new IllegalStateException(
                        "the connection was closed while job " + path + " waited; its work may go on elsewhere");
            }
            var failure = RemoteFailure.of(ended.exceptionNow());
            if (Set.of(RemoteFailure.GIVEN_UP, RemoteFailure.TIMED_OUT).contains(failure.type())) {
                throw new JobTimeoutException("job " + path + " ran out of time elsewhere", failure);
            }
            if (failure.type().equals(RemoteFailure.CANCELLED)) {
                job.ifPresent(Job::cancel);
                throw new InterruptedException("job " + path + " was cancelled elsewhere");
            }
            throw failure;
        }
    }

    private WorkflowStub start(String path, Order bounded, Map<String, String> headers) {
        HeaderPropagator.HEADERS.set(headers);
        var retries = order.kind() == Order.Kind.WORKFLOW ? order.options().retries() : null;
        var options = WorkflowOptions.newBuilder()
                .setTaskQueue(order.options().queue())
                .setWorkflowId(order.name() + '/' + id.get())
                .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY)
                .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                .setWorkflowExecutionTimeout(bounded.options().timeout().plus(RemoteOptions.LEAST))
                .setRetryOptions(retries)
                .setMemo(Map.of(RemoteWorkflow.PATH, path, RemoteWorkflow.ORDER, bounded))
                .setStaticSummary(path)
                .build();
        try {
            var stub = jobs.client.newUntypedWorkflowStub(order.name(), options);
            stub.start(arguments.toArray());
            return stub;
        } catch (WorkflowExecutionAlreadyStarted succeeded) {
            return jobs.client.newUntypedWorkflowStub(options.getWorkflowId());
        }
    }

    /// A server that goes away is asked again.
    @SuppressWarnings("unchecked")
    private CompletableFuture<T> ended(WorkflowStub stub) {
        var ended = stub.getResultAsync((Class<T>) TypeToken.of(result).getRawType(), result);
        var later = CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);
        return ended.exceptionallyComposeAsync(failure -> isGone(failure) ? ended(stub) : ended, later);
    }

    /// A server that goes away cancels requests, as closing the connection does.
    private boolean isGone(Throwable failure) {
        return Throwables.getRootCause(failure) instanceof CancellationException
                && !jobs.client.getWorkflowServiceStubs().isShutdown();
    }
}
