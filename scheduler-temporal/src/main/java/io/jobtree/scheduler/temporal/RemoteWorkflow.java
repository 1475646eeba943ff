package io.jobtree.scheduler.temporal;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.Lists;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.common.converter.EncodedValues;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.DynamicWorkflow;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Runs one activity, or one for each element of a list; of a long list, child workflows run parts. The server keeps
/// how far it is, so it outlives workers and callers.
final class RemoteWorkflow implements DynamicWorkflow {
    /// The engine allows a workflow 2,000 pending activities or children and 51,200 events, of which an activity
    /// makes 6 at most. Fewer yet, since each worker that goes on with it reads all its events.
    static final int PART = 100;
    /// The memo with the job's path.
    static final String PATH = "jobtree.path";
    /// The memo with the [Order]; child workflows have both too.
    static final String ORDER = "jobtree.order";

    private final String path = Workflow.getMemo(PATH, String.class, String.class);
    private final Order order = Workflow.getMemo(ORDER, Order.class, Order.class);

    @Override
    public @Nullable Object execute(EncodedValues arguments) {
        if (order.kind() == Order.Kind.BATCH) {
            return batch(Arrays.asList(arguments.get(0, JsonNode[].class)));
        }
        var raw = IntStream.range(0, arguments.getSize()).mapToObj(i -> arguments.get(i, RawValue.class));
        return activity(RawValue.class, raw.toArray());
    }

    private List<JsonNode> batch(List<JsonNode> inputs) {
        if (inputs.size() <= PART) {
            return all(inputs, input -> Async.function(() -> activity(JsonNode.class, input)));
        }
        int size = Math.max(PART, Math.ceilDiv(inputs.size(), PART));
        var parts = all(Lists.partition(inputs, size), this::child);
        return parts.stream().flatMap(Arrays::stream).toList();
    }

    private Promise<JsonNode[]> child(List<JsonNode> part) {
        var options = ChildWorkflowOptions.newBuilder()
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL)
                .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
                .setMemo(Map.of(PATH, path, ORDER, left()))
                .setStaticSummary(path)
                .build();
        return Workflow.newUntypedChildWorkflowStub(order.name(), options).executeAsync(JsonNode[].class, part);
    }

    /// What was handed back is started again, however many attempts there were.
    private <V> V activity(Class<V> type, Object... arguments) {
        var options = ActivityOptions.newBuilder()
                .setHeartbeatTimeout(order.options().heartbeat())
                .setScheduleToCloseTimeout(left().options().timeout())
                .setRetryOptions(order.options().retries())
                .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                .setSummary(path)
                .build();
        try {
            return Workflow.newUntypedActivityStub(options).execute(order.name(), type, arguments);
        } catch (ActivityFailure failure) {
            if (RemoteFailure.of(failure).type().equals(RemoteFailure.HANDED_BACK)) {
                return activity(type, arguments);
            }
            throw failure;
        }
    }

    /// The order, in what is left of its time.
    private Order left() {
        long spent = Workflow.currentTimeMillis() - Workflow.getInfo().getRunStartedTimestampMillis();
        return order.within(order.options().timeout().minusMillis(spent));
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
