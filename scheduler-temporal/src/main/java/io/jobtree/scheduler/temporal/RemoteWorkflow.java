package io.jobtree.scheduler.temporal;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.Lists;
import com.google.common.reflect.TypeToken;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.common.converter.EncodedValues;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.DynamicWorkflow;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Runs one activity, or one for each element of a list; of a long list, child workflows run parts. The server keeps
/// how far it is, so it outlives workers and callers.
final class RemoteWorkflow implements DynamicWorkflow {
    /// The engine allows a workflow 2,000 pending activities or children and 51,200 events; an activity makes at most
    /// 6.
    /// Fewer yet, since each worker that goes on with it reads all its events.
    static final int PART = 100;
    /// The memo with the job's path.
    static final String PATH = "jobtree.path";

    private static final Type NODES = new TypeToken<List<JsonNode>>() {}.getType();

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable Object execute(EncodedValues arguments) {
        var order = arguments.get(0, Order.class);
        if (order.kind() == Order.Kind.BATCH) {
            return batch(order, arguments.get(1, List.class, NODES));
        }
        var raw = IntStream.range(1, arguments.getSize())
                .mapToObj(i -> arguments.get(i, RawValue.class))
                .toArray();
        return activity(order, RawValue.class, raw).get();
    }

    private static List<JsonNode> batch(Order order, List<JsonNode> inputs) {
        if (inputs.size() <= PART) {
            return all(inputs, input -> activity(order, JsonNode.class, input));
        }
        int size = Math.max(PART, Math.ceilDiv(inputs.size(), PART));
        var parts = all(Lists.partition(inputs, size), part -> child(order, part));
        return parts.stream().flatMap(List::stream).toList();
    }

    @SuppressWarnings("unchecked")
    private static Promise<List<JsonNode>> child(Order order, List<JsonNode> part) {
        var options = ChildWorkflowOptions.newBuilder()
                .setTaskQueue(order.options().queue())
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL)
                .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
                .setMemo(Map.of(PATH, order.path()))
                .setStaticSummary(order.path())
                .build();
        var stub = Workflow.newUntypedChildWorkflowStub(order.name(), options);
        return stub.executeAsync((Class<List<JsonNode>>) (Class<?>) List.class, NODES, order, part);
    }

    /// What was handed back is started again, however many attempts there were.
    private static <V> Promise<V> activity(Order order, Class<V> type, Object... arguments) {
        return Workflow.newUntypedActivityStub(order.activityOptions())
                .executeAsync(order.name(), type, arguments)
                .handle((value, failure) -> {
                    if (failure == null) {
                        return Workflow.newPromise(value);
                    }
                    return wasHandedBack(failure)
                            ? activity(order, type, arguments)
                            : Workflow.<V>newFailedPromise(failure);
                })
                .thenCompose(promise -> promise);
    }

    private static boolean wasHandedBack(RuntimeException failure) {
        return failure instanceof ActivityFailure
                && failure.getCause() instanceof ApplicationFailure cause
                && cause.getType().equals(RemoteFailure.HANDED_BACK);
    }

    /// The results in order; the first failure cancels the others and waits for them.
    private static <T, V> List<V> all(Iterable<T> inputs, Function<T, Promise<V>> start) {
        var started = new ArrayList<Promise<V>>();
        var scope = Workflow.newCancellationScope(() -> inputs.forEach(input -> started.add(start.apply(input))));
        scope.run();
        try {
            Promise.allOf(started).get();
        } catch (RuntimeException failure) {
            scope.cancel();
            started.forEach(Promise::getFailure);
            throw failure;
        }
        return started.stream().map(Promise::get).toList();
    }
}
