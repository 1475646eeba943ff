package io.jobtree.scheduler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ExtrasTest {
    private static Extras started() {
        var extras = new Extras();
        JobObserver observer = job -> JobObservation.NONE;
        extras.observation = new Observers.Observation(new Observers.Entry(observer), JobObservation.NONE, null);
        extras.started();
        return extras;
    }

    /// Another thread had it, and ran out of memory before it came to the hook.
    @Test
    void cancelling_isForTheJobsThread_whereNobodyCouldCallIt() {
        var extras = started();
        assertThat(extras.tryCallCancelling()).isTrue();
        var waits = new CompletableFuture<Thread>();
        var calls = new CompletableFuture<Boolean>();
        var jobs = Thread.ofVirtual().start(() -> {
            waits.complete(Thread.currentThread());
            calls.complete(extras.awaitOrCallCancelling());
        });
        assertThat(waits.join()).isSameAs(jobs);
        assertThat(extras.isCancellingUnheard()).isFalse();
        extras.endCancelling(false, jobs);
        assertThat(calls.join()).isTrue();
    }

    @Test
    void cancelling_isCalledOnce() {
        var extras = started();
        assertThat(extras.awaitOrCallCancelling()).isTrue();
        extras.endCancelling(true, null);
        extras.endCancelling(false, null);
        assertThat(extras.awaitOrCallCancelling()).isFalse();
        assertThat(new Extras().awaitOrCallCancelling()).isFalse();
    }
}
