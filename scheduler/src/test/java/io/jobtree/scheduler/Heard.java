package io.jobtree.scheduler;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/// A failure handler that remembers.
final class Heard implements FailureHandler {
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    /// What it heard once.
    record Call(Job<?> job, Throwable failure) {}

    @Override
    public void onFailure(Job<?> job, Throwable failure) {
        calls.add(new Call(job, failure));
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }

    /// The calls, once there are so many.
    List<Call> await(int count) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> calls.size() >= count);
        return calls();
    }
}
