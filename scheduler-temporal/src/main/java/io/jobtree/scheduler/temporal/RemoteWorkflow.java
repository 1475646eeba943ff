package io.jobtree.scheduler.temporal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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

    @Override
    public @Nullable Object execute(EncodedValues arguments) {
        var order = arguments.get(0, Order.class);
        if (order.batch()) {
            return batch(order, arguments.get(1, JsonNode.class));
        }
        var raw = IntStream.range(1, arguments.getSize())
                .mapToObj(i -> arguments.get(i, RawValue.class))
                .toArray();
        return activity(order, RawValue.class, raw).get();
    }

    private static List<JsonNode> batch(Order order, JsonNode inputs) {
        if (inputs.size() <= PART) {
            return all(inputs, input -> activity(order, JsonNode.class, input));
        }
        var parts = new ArrayList<JsonNode>();
        int size = Math.max(PART, Math.ceilDiv(inputs.size(), PART));
        for (int i = 0; i < inputs.size(); i += size) {
            var part = JsonNodeFactory.instance.arrayNode();
            IntStream.range(i, Math.min(i + size, inputs.size())).forEach(k -> part.add(inputs.get(k)));
            parts.add(part);
        }
        var results = new ArrayList<JsonNode>();
        all(parts, part -> child(order, part)).forEach(list -> list.forEach(results::add));
        return results;
    }

    private static Promise<JsonNode> child(Order order, JsonNode part) {
        var options = ChildWorkflowOptions.newBuilder()
                .setTaskQueue(order.options().queue())
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL)
                .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
                .setMemo(Map.of(PATH, order.path()))
                .setStaticSummary(order.path())
                .build();
        return Workflow.newUntypedChildWorkflowStub(order.activity(), options)
                .executeAsync(JsonNode.class, order, part);
    }

    /// What was handed back is begun anew, however many attempts there were.
    private static <V> Promise<V> activity(Order order, Class<V> type, Object... arguments) {
        return Workflow.newUntypedActivityStub(order.activityOptions())
                .executeAsync(order.activity(), type, arguments)
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
