package io.jobtree.benchmarks.sleep;

import com.softwaremill.jox.structured.CancellableFork;
import com.softwaremill.jox.structured.Scope;
import com.softwaremill.jox.structured.Scopes;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;

/// Sleeping forks of Jox. Only the thread that opened the scope forks, so one stays in it and takes requests.
final class JoxSleepers implements Sleepers {
    private static final Callable<Boolean> END = () -> true;

    private final SynchronousQueue<Callable<Boolean>> requests = new SynchronousQueue<>();
    private final SynchronousQueue<CancellableFork<Boolean>> forks = new SynchronousQueue<>();
    private final Thread owner;

    JoxSleepers(int jobs, Sleep sleep) {
        owner = Thread.startVirtualThread(() -> own(jobs, sleep));
    }

    private void own(int jobs, Sleep sleep) {
        try {
            Scopes.supervised(scope -> serve(scope, jobs, sleep));
        } catch (InterruptedException cancelled) {
            throw new IllegalStateException(cancelled);
        }
    }

    /// The scope cancels its forks when this returns.
    @SuppressWarnings("ReferenceEquality") // the end is that one request
    private boolean serve(Scope scope, int jobs, Sleep sleep) throws InterruptedException {
        for (int i = 0; i < jobs; i++) {
            scope.fork(sleep);
        }
        for (Callable<Boolean> body = requests.take(); body != END; body = requests.take()) {
            forks.put(scope.forkCancellable(body));
        }
        return true;
    }

    @Override
    public void cancelOne() throws InterruptedException {
        var one = new InterruptibleSleep(new CountDownLatch(1));
        requests.put(one);
        CancellableFork<Boolean> fork = forks.take();
        one.awaitStart();
        try {
            fork.cancel();
        } catch (ExecutionException expected) {
            // carries the interrupt that ended the body
        }
    }

    @Override
    public void close() throws InterruptedException {
        requests.put(END);
        owner.join();
    }
}
