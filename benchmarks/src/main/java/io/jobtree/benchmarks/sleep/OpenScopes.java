package io.jobtree.benchmarks.sleep;

import com.softwaremill.jox.structured.Scopes;
import io.jobtree.scheduler.JobBody;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.StructuredTaskScope;

/// Jobs that each hold a scope of their own open, with nothing in it.
public final class OpenScopes {
    private OpenScopes() {}

    /// Opens the scopes of a library, and returns once all are open.
    ///
    /// @param library the name of a benchmark's method
    /// @param scopes how many
    public static AutoCloseable open(String library, int scopes) throws InterruptedException {
        var started = new CountDownLatch(scopes);
        AutoCloseable open = switch (library) {
            case "jobtree" -> jobtree(scopes, started);
            case "kotlin" -> new CoroutineScopes(scopes, started);
            case "rawScope" -> threads(scopes, () -> rawScope(started));
            case "executor" -> threads(scopes, () -> executor(started));
            case "jox" -> threads(scopes, () -> jox(started));
            case "threads" -> threads(scopes, new Sleep(started)::run);
            default -> throw new IllegalArgumentException("library must have scopes: " + library);
        };
        started.await();
        return open;
    }

    private static AutoCloseable jobtree(int scopes, CountDownLatch started) {
        var scheduler =
                Scheduler.open(SchedulerOptions.named("scopes").withoutLimit().withoutPendingLimit());
        JobBody<Boolean> body = scope -> Sleep.sleep(started);
        for (int i = 0; i < scopes; i++) {
            scheduler.spawn(body);
        }
        return () -> scheduler.close(Duration.ZERO);
    }

    private static AutoCloseable threads(int scopes, Runnable body) {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        for (int i = 0; i < scopes; i++) {
            threads.execute(body);
        }
        return () -> {
            threads.shutdownNow();
            threads.close();
        };
    }

    private static void rawScope(CountDownLatch started) {
        try (var scope = StructuredTaskScope.open()) {
            Sleep.sleep(started);
            scope.join();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
        }
    }

    private static void executor(CountDownLatch started) {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Sleep.sleep(started);
            executor.shutdown();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
        }
    }

    private static void jox(CountDownLatch started) {
        try {
            Scopes.supervised(scope -> Sleep.sleep(started));
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
        }
    }
}
