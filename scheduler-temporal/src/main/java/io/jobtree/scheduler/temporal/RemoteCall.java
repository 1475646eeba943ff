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
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A body that starts a workflow and waits for it. The network is left to other threads, so that an interrupt ends no
/// request half-way.
///
/// @param order without path, and without regard to the job's deadline
/// @param id of the work
/// @param result the type of the result
/// @param arguments of the activity
record RemoteCall<T>(RemoteJobs jobs, Order order, String id, Type result, List<? extends @Nullable Object> arguments)
        implements Callable<T> {
    @Override
    public T call() throws Exception {
        var path = Job.current().map(Job::path).orElse(order.name());
        var own = order.options().timeout();
        var timeout = Job.current()
                .flatMap(Job::deadline)
                .map(deadline -> Duration.between(Instant.now(), deadline))
                .filter(rest -> rest.compareTo(own) < 0)
                .map(rest -> rest.isPositive() ? rest : Duration.ofMillis(1))
                .orElse(own);
        var headers = jobs.headers.current();
        var started = CompletableFuture.supplyAsync(() -> start(path, timeout, headers), Thread::startVirtualThread);
        var ended = started.thenCompose(this::ended);
        try {
            return ended.get();
        } catch (InterruptedException cancelled) {
            var _ = started.thenAcceptAsync(
                    stub -> stub.cancel("job " + path + " was cancelled"), Thread::startVirtualThread);
            // The work hears of it within a heartbeat, or is given up after one; however it ends, the job is cancelled.
            long patience = 2 * order.options().heartbeat().toMillis();
            ended.handle((_, _) -> true)
                    .completeOnTimeout(false, patience, TimeUnit.MILLISECONDS)
                    .join();
            throw cancelled;
        } catch (ExecutionException failure) {
            throw failure(failure, path);
        }
    }

    private WorkflowStub start(String path, Duration timeout, Map<String, String> headers) {
        HeaderPropagator.HEADERS.set(headers);
        var options = WorkflowOptions.newBuilder()
                .setTaskQueue(order.options().queue())
                .setWorkflowId(order.name() + '/' + id)
                .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY)
                .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                .setWorkflowExecutionTimeout(timeout.plus(RemoteOptions.LEAST))
                .setRetryOptions(
                        order.kind() == Order.Kind.WORKFLOW ? order.options().retries() : null)
                .setMemo(Map.of(RemoteWorkflow.PATH, path))
                .setStaticSummary(path)
                .build();
        var stub = jobs.connection.client().newUntypedWorkflowStub(order.name(), options);
        var bounded = order.options().withTimeout(timeout);
        var all = new ArrayList<@Nullable Object>(arguments);
        if (order.kind() != Order.Kind.WORKFLOW) {
            all.addFirst(new Order(order.name(), path, order.kind(), bounded));
        }
        try {
            stub.start(all.toArray());
            return stub;
        } catch (WorkflowExecutionAlreadyStarted succeeded) {
            return jobs.connection.client().newUntypedWorkflowStub(order.name() + '/' + id);
        }
    }

    /// A server that goes away cancels requests, and is asked again.
    @SuppressWarnings("unchecked")
    private CompletableFuture<T> ended(WorkflowStub stub) {
        return stub.getResultAsync((Class<T>) TypeToken.of(result).getRawType(), result)
                .exceptionallyComposeAsync(
                        failure -> Throwables.getRootCause(failure) instanceof CancellationException
                                        && !jobs.connection.stubs().isShutdown()
                                ? ended(stub)
                                : CompletableFuture.failedFuture(failure),
                        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS));
    }

    private static Exception failure(Throwable failure, String path) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            var type = cause instanceof ApplicationFailure remote ? remote.getType() : "";
            if (cause instanceof TimeoutFailure || type.equals(RemoteFailure.TIMED_OUT)) {
                return new JobTimeoutException("job " + path + " ran out of time elsewhere", RemoteFailure.of(cause));
            }
            if (cause instanceof CanceledFailure || type.equals(RemoteFailure.CANCELLED)) {
                return cancelled(path);
            }
            if (cause instanceof ApplicationFailure) {
                return RemoteFailure.of(cause);
            }
        }
        return RemoteFailure.of(Objects.requireNonNullElse(failure.getCause(), failure));
    }

    private static Exception cancelled(String path) {
        Job.current().ifPresent(Job::cancel);
        return new InterruptedException("job " + path + " was cancelled elsewhere");
    }
}
