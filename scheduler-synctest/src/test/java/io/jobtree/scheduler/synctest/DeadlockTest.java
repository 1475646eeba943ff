package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // they never get that far
final class DeadlockTest {
    private static final class Account {}

    private static ThrowableAssertAlternative<DeadlockError> deadlocks(Bubble.Body body) {
        return assertThatExceptionOfType(DeadlockError.class).isThrownBy(() -> Bubble.run(1, body));
    }

    @Test
    void locks_namesEachThreadItsLockAndItsHolder() {
        Lock first = new ReentrantLock();
        Lock second = new ReentrantLock();
        deadlocks(() -> {
                    Thread one = start("one", () -> lockBoth(first, second));
                    Thread two = start("two", () -> lockBoth(second, first));
                    one.join();
                    two.join();
                })
                .withMessageContaining(
                        "All 3 threads of the bubble wait, no timer is set and nothing is outside, at +PT")
                .withMessageContaining("(2000-01-01T00:00:01Z)")
                .withMessageMatching("(?s).*'one' waits for ReentrantLock@\\w+, held by 'two'\n.*")
                .withMessageMatching("(?s).*'two' waits for ReentrantLock@\\w+, held by 'one'\n.*")
                .withMessageContaining("DeadlockTest.lockBoth(DeadlockTest.java:")
                .withMessageContaining("cycle: 'one' -> 'two' -> 'one'")
                .withMessageNotContaining("Bubble.outside");
    }

    @Test
    void name_forgesNoLine() {
        deadlocks(() -> start("one\n  'forged' can run\u001b[31m", () -> new CountDownLatch(1).await())
                        .join())
                .withMessageContaining("'one?  'forged' can run?[31m' waits for")
                .withMessageContaining("waits for 'one?  'forged' can run?[31m' to end");
    }

    private static void lockBoth(Lock first, Lock second) {
        first.lock();
        try {
            sleepASecond();
            second.lock();
            second.unlock();
        } finally {
            first.unlock();
        }
    }

    @Test
    void monitors_namesEachThreadItsMonitorAndItsHolder() {
        Object first = new Account();
        Object second = new Account();
        deadlocks(() -> {
                    Thread one = start("one", () -> enterBoth(first, second));
                    Thread two = start("two", () -> enterBoth(second, first));
                    one.join();
                    two.join();
                })
                .withMessageMatching(
                        "(?s).*'one' waits for the monitor of DeadlockTest\\$Account@\\w+, held by 'two'\n.*")
                .withMessageMatching(
                        "(?s).*'two' waits for the monitor of DeadlockTest\\$Account@\\w+, held by 'one'\n.*")
                .withMessageContaining("cycle: 'one' -> 'two' -> 'one'");
    }

    private static void enterBoth(Object first, Object second) {
        synchronized (first) {
            sleepASecond();
            synchronized (second) {
                throw new AssertionError("not reached");
            }
        }
    }

    @Test
    void aLockAndAMonitor_areOneCycle() {
        Lock lock = new ReentrantLock();
        Object monitor = new Account();
        deadlocks(() -> {
                    Thread one = start("one", () -> {
                        synchronized (monitor) {
                            sleepASecond();
                            lock.lock();
                        }
                    });
                    Thread two = start("two", () -> {
                        lock.lock();
                        sleepASecond();
                        synchronized (monitor) {
                            lock.unlock();
                        }
                    });
                    one.join();
                    two.join();
                })
                .withMessageContaining("cycle: 'one' -> 'two' -> 'one'");
    }

    @Test
    void waitNeverNotified_namesTheMonitor() {
        Object monitor = new Account();
        deadlocks(() -> {
                    synchronized (monitor) {
                        monitor.wait();
                    }
                })
                .withMessageContaining("The one thread of the bubble waits")
                .withMessageMatching("(?s).*'test' waits to be notified by DeadlockTest\\$Account@\\w+\n.*");
    }

    @Test
    void joinOfAThreadThatWaits_namesBoth() {
        deadlocks(() -> start("stuck", () -> new LinkedBlockingQueue<String>().take())
                        .join())
                .withMessageContaining("'stuck' waits for a Condition")
                .withMessageContaining("LinkedBlockingQueue.take")
                .withMessageContaining("'test' waits for 'stuck' to end");
    }

    @Test
    void latch() {
        deadlocks(() -> new CountDownLatch(1).await())
                .withMessageMatching("(?s).*'test' waits for CountDownLatch@.*")
                .withMessageContaining("wait for it in Bubble.outside(...)");
    }

    private static Thread start(String name, Bubble.Body body) {
        return Thread.ofVirtual().name(name).start(() -> {
            try {
                body.run();
            } catch (Exception unexpected) {
                throw new AssertionError(unexpected);
            }
        });
    }

    private static void sleepASecond() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }
}
