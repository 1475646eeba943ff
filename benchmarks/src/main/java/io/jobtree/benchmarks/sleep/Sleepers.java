package io.jobtree.benchmarks.sleep;

/// Sleeping jobs of one library, all of them started, or as many as the limit lets; the others are pending.
public interface Sleepers {
    /// The limit that none reaches.
    int UNLIMITED = Integer.MAX_VALUE;

    /// Starts one more, waits until it runs, cancels it, and waits until it has ended.
    void cancelOne() throws InterruptedException;

    /// Cancels them all and waits until they have ended.
    void close() throws InterruptedException;

    /// Opens the sleepers of a library, and returns once they sleep.
    ///
    /// @param library the name of a benchmark's method
    /// @param jobs how many there are
    /// @param limit how many may run at once
    static Sleepers open(String library, int jobs, int limit) throws InterruptedException {
        return open(library, jobs, limit, new Sleep(jobs, limit));
    }

    /// The same with a body that the caller keeps, to let the pending in.
    static Sleepers open(String library, int jobs, int limit, Sleep sleep) throws InterruptedException {
        Sleepers sleepers = switch (library) {
            case "jobtree" -> new JobtreeSleepers(jobs, limit, sleep.started);
            case "rawScope" -> new RawScopeSleepers(jobs, sleep);
            case "executor" -> new ExecutorSleepers(jobs, sleep);
            case "jox" -> new JoxSleepers(jobs, sleep);
            case "threads" -> new ThreadSleepers(jobs, sleep);
            case "kotlin" -> kotlin(jobs, limit, sleep);
            default -> throw new IllegalArgumentException("library must have sleepers: " + library);
        };
        sleep.started.await();
        if (!library.equals("jobtree")) {
            sleep.arrived.await();
        }
        return sleepers;
    }

    private static Sleepers kotlin(int jobs, int limit, Sleep sleep) {
        var coroutines = new CoroutineSleepers(jobs, limit, sleep.started, sleep.arrived);
        return new Sleepers() {
            @Override
            public void cancelOne() {
                coroutines.cancelOne();
            }

            @Override
            public void close() {
                coroutines.close();
            }
        };
    }
}
