package io.jobtree.benchmarks;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.jobtree.scheduler.junit5.NoLeakedJobs;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// A test under the leak check that goes on until it is closed, and runs what it is given: jobs spawned there are
/// those of a test. One at a time.
final class WatchedTest {
    private static final SynchronousQueue<Runnable> WORK = new SynchronousQueue<>();
    private static final SynchronousQueue<Boolean> DONE = new SynchronousQueue<>();

    private final Thread session = Thread.ofPlatform().start(WatchedTest::runTest);

    private static void runTest() {
        LauncherFactory.create()
                .execute(LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(Body.class))
                        .build());
    }

    void run(Runnable work) throws InterruptedException {
        WORK.put(work);
        DONE.take();
    }

    /// Ends the test, which has run something.
    void close() throws InterruptedException {
        session.interrupt();
        session.join();
    }

    /// What JUnit runs.
    @NoLeakedJobs
    static final class Body {
        @Test
        void runWhatIsGiven() {
            try {
                while (true) {
                    WORK.take().run();
                    DONE.put(true);
                }
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
