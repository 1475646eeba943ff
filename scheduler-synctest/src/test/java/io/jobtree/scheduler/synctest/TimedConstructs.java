package io.jobtree.scheduler.synctest;

import java.lang.ref.ReferenceQueue;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One hour, by each of the JDK's ways to wait for it.
@SuppressWarnings({"FutureReturnValueIgnored", "WaitNotInLoop", "ReturnValueIgnored", "JavaUtilDate", "LockNotBeforeTry"
})
final class TimedConstructs {
    private static final long HOURS = 1;
    private static final Duration HOUR = Duration.ofHours(HOURS);

    /// As libraries have one, static, for their timeouts.
    private static final ScheduledThreadPoolExecutor OUTSIDE =
            new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().factory());

    private TimedConstructs() {}

    @FunctionalInterface
    interface Construct {
        void run() throws Exception;
    }

    static Map<String, Construct> all() {
        Map<String, Construct> rows = new LinkedHashMap<>();
        threads(rows);
        monitors(rows);
        synchronizers(rows);
        queues(rows);
        futures(rows);
        executors(rows);
        clocks(rows);
        return rows;
    }

    private static void threads(Map<String, Construct> rows) {
        rows.put("Thread.sleep", () -> Thread.sleep(HOUR));
        rows.put("TimeUnit.sleep", () -> TimeUnit.HOURS.sleep(HOURS));
        rows.put("LockSupport.parkNanos", () -> LockSupport.parkNanos(HOUR.toNanos()));
        rows.put("LockSupport.parkUntil", () -> LockSupport.parkUntil(System.currentTimeMillis() + HOUR.toMillis()));
        rows.put("Thread.join()", () -> sleeper().join());
        rows.put("Thread.join(Duration), ended", () -> sleeper().join(HOUR.multipliedBy(2)));
        rows.put("Thread.join(Duration), timed out", () -> {
            Thread thread = Thread.startVirtualThread(() -> sleep(HOUR.multipliedBy(2)));
            thread.join(HOUR);
            thread.interrupt();
        });
        rows.put("Thread.join(millis), ended", () -> sleeper().join(HOUR.toMillis() * 2));
    }

    private static Thread sleeper() {
        return Thread.startVirtualThread(() -> sleep(HOUR));
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static void monitors(Map<String, Construct> rows) {
        rows.put("Object.wait(millis)", () -> {
            Object monitor = new Object();
            synchronized (monitor) {
                monitor.wait(HOUR.toMillis());
            }
        });
        rows.put("Object.wait(), notified", () -> {
            Object monitor = new Object();
            Thread waiter = Thread.startVirtualThread(() -> {
                synchronized (monitor) {
                    try {
                        monitor.wait();
                    } catch (InterruptedException unexpected) {
                        throw new AssertionError(unexpected);
                    }
                }
            });
            Thread.sleep(HOUR);
            synchronized (monitor) {
                monitor.notify();
            }
            waiter.join();
        });
        rows.put("ReferenceQueue.remove", () -> new ReferenceQueue<String>().remove(HOUR.toMillis()));
        rows.put("synchronized, contended", () -> {
            Object monitor = new Object();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.startVirtualThread(() -> {
                    synchronized (monitor) {
                        sleep(HOUR.dividedBy(4));
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        });
    }

    private static void synchronizers(Map<String, Construct> rows) {
        rows.put("CountDownLatch.await", () -> new CountDownLatch(1).await(HOURS, TimeUnit.HOURS));
        rows.put("Semaphore.tryAcquire", () -> new Semaphore(0).tryAcquire(HOURS, TimeUnit.HOURS));
        rows.put("CyclicBarrier.await", () -> timesOut(() -> new CyclicBarrier(2).await(HOURS, TimeUnit.HOURS)));
        rows.put("Phaser.awaitAdvance", () -> {
            Phaser phaser = new Phaser(1);
            timesOut(() -> phaser.awaitAdvanceInterruptibly(0, HOURS, TimeUnit.HOURS));
        });
        rows.put(
                "Exchanger.exchange",
                () -> timesOut(() -> new Exchanger<String>().exchange("", HOURS, TimeUnit.HOURS)));
        rows.put("ReentrantLock.tryLock", () -> {
            ReentrantLock lock = new ReentrantLock();
            whileHeld(lock::lock, () -> lock.tryLock(HOURS, TimeUnit.HOURS));
        });
        rows.put("ReentrantReadWriteLock.tryLock", () -> {
            ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
            whileHeld(lock.writeLock()::lock, () -> lock.readLock().tryLock(HOURS, TimeUnit.HOURS));
        });
        rows.put("StampedLock.tryWriteLock", () -> {
            StampedLock lock = new StampedLock();
            whileHeld(lock::writeLock, () -> lock.tryWriteLock(HOURS, TimeUnit.HOURS));
        });
        rows.put("Condition.await", () -> {
            ReentrantLock lock = new ReentrantLock();
            lock.lock();
            lock.newCondition().await(HOURS, TimeUnit.HOURS);
            lock.unlock();
        });
        rows.put("Condition.awaitNanos", () -> {
            ReentrantLock lock = new ReentrantLock();
            lock.lock();
            lock.newCondition().awaitNanos(HOUR.toNanos());
            lock.unlock();
        });
        rows.put("Condition.awaitUntil", () -> {
            ReentrantLock lock = new ReentrantLock();
            lock.lock();
            lock.newCondition().awaitUntil(new Date(System.currentTimeMillis() + HOUR.toMillis()));
            lock.unlock();
        });
    }

    /// Another thread holds the lock, and never gives it up.
    private static void whileHeld(Runnable lock, Callable<?> tryLock) throws Exception {
        Thread.startVirtualThread(lock).join();
        tryLock.call();
    }

    private static void timesOut(Callable<?> wait) throws Exception {
        try {
            wait.call();
            throw new AssertionError("no timeout");
        } catch (TimeoutException expected) {
            // after the hour
        }
    }

    private static void queues(Map<String, Construct> rows) {
        rows.put("ArrayBlockingQueue.poll", () -> poll(new ArrayBlockingQueue<>(1)));
        rows.put("LinkedBlockingQueue.poll", () -> poll(new LinkedBlockingQueue<>()));
        rows.put("LinkedBlockingDeque.poll", () -> poll(new LinkedBlockingDeque<>()));
        rows.put("PriorityBlockingQueue.poll", () -> poll(new PriorityBlockingQueue<>()));
        rows.put("LinkedTransferQueue.poll", () -> poll(new LinkedTransferQueue<>()));
        rows.put("SynchronousQueue.poll", () -> poll(new SynchronousQueue<>()));
        rows.put("SynchronousQueue.offer", () -> new SynchronousQueue<String>().offer("", HOURS, TimeUnit.HOURS));
        rows.put(
                "LinkedTransferQueue.tryTransfer",
                () -> new LinkedTransferQueue<String>().tryTransfer("", HOURS, TimeUnit.HOURS));
        rows.put("DelayQueue.take", () -> {
            DelayQueue<Due> queue = new DelayQueue<>();
            queue.add(new Due(System.nanoTime() + HOUR.toNanos()));
            queue.take();
        });
    }

    private static void poll(BlockingQueue<String> queue) throws InterruptedException {
        queue.poll(HOURS, TimeUnit.HOURS);
    }

    private record Due(long nanos) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    private static void futures(Map<String, Construct> rows) {
        rows.put(
                "CompletableFuture.get",
                () -> timesOut(() -> new CompletableFuture<String>().get(HOURS, TimeUnit.HOURS)));
        rows.put("FutureTask.get", () -> timesOut(() -> new FutureTask<>(() -> "").get(HOURS, TimeUnit.HOURS)));
        rows.put("CompletableFuture.orTimeout", () -> {
            try {
                new CompletableFuture<String>().orTimeout(HOURS, TimeUnit.HOURS).join();
            } catch (CompletionException expected) {
                // after the hour
            }
        });
        rows.put(
                "CompletableFuture.completeOnTimeout",
                () -> new CompletableFuture<String>()
                        .completeOnTimeout("", HOURS, TimeUnit.HOURS)
                        .join());
        rows.put(
                "CompletableFuture.delayedExecutor",
                () -> CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(HOURS, TimeUnit.HOURS))
                        .join());
        rows.put(
                "CompletableFuture.supplyAsync",
                () -> CompletableFuture.supplyAsync(() -> {
                            sleep(HOUR);
                            return "";
                        })
                        .join());
        rows.put(
                "CompletableFuture.thenApplyAsync",
                () -> CompletableFuture.completedFuture("")
                        .thenAcceptAsync(_ -> sleep(HOUR))
                        .join());
    }

    private static void executors(Map<String, Construct> rows) {
        rows.put("newVirtualThreadPerTaskExecutor", () -> {
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                executor.submit(() -> sleep(HOUR));
            }
        });
        rows.put("newFixedThreadPool", () -> {
            try (var executor = Executors.newFixedThreadPool(2)) {
                for (int i = 0; i < 4; i++) {
                    executor.submit(() -> sleep(HOUR.dividedBy(2)));
                }
            }
        });
        rows.put("ExecutorService.awaitTermination", () -> {
            var executor = Executors.newSingleThreadExecutor();
            executor.submit(() -> sleep(HOUR.multipliedBy(2)));
            executor.awaitTermination(HOURS, TimeUnit.HOURS);
            executor.shutdownNow();
        });
        rows.put("ScheduledExecutorService.schedule", () -> {
            try (var executor = Executors.newScheduledThreadPool(1)) {
                executor.schedule(() -> "", HOURS, TimeUnit.HOURS).get();
            }
        });
        rows.put("ScheduledExecutorService.scheduleAtFixedRate", () -> {
            try (var executor = new ScheduledThreadPoolExecutor(1)) {
                CountDownLatch ticks = new CountDownLatch(4);
                executor.scheduleAtFixedRate(ticks::countDown, 15, 15, TimeUnit.MINUTES);
                ticks.await();
                executor.shutdownNow();
            }
        });
        rows.put("ScheduledExecutorService, virtual threads", () -> {
            try (var executor =
                    new ScheduledThreadPoolExecutor(1, Thread.ofVirtual().factory())) {
                executor.schedule(() -> "", HOURS, TimeUnit.HOURS).get();
            }
        });
        rows.put("ScheduledExecutorService, own thread factory", () -> {
            try (var executor = new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().name("own").factory())) {
                executor.schedule(() -> "", HOURS, TimeUnit.HOURS).get();
            }
        });
        rows.put("ScheduledExecutorService from outside", () -> {
            CountDownLatch ticks = new CountDownLatch(2);
            var ticking = OUTSIDE.scheduleAtFixedRate(ticks::countDown, 15, 15, TimeUnit.MINUTES);
            ticks.await();
            ticking.cancel(false);
            OUTSIDE.schedule(() -> "", 30, TimeUnit.MINUTES).get();
        });
        rows.put(
                "ForkJoinPool.schedule",
                () -> ForkJoinPool.commonPool()
                        .schedule(() -> "", HOURS, TimeUnit.HOURS)
                        .get());
        rows.put("ForkJoinPool.scheduleAtFixedRate", () -> {
            CountDownLatch ticks = new CountDownLatch(4);
            var ticking = ForkJoinPool.commonPool().scheduleAtFixedRate(ticks::countDown, 15, 15, TimeUnit.MINUTES);
            ticks.await();
            ticking.cancel(false);
        });
        rows.put("StructuredTaskScope", () -> TaskScopes.runBoth(() -> sleep(HOUR), () -> sleep(HOUR)));
        rows.put("parallel stream", () -> {
            IntStream.range(0, 1000).parallel().sum();
            Stream.of(1, 2).parallel().forEach(_ -> sleep(HOUR.dividedBy(2)));
        });
    }

    private static void clocks(Map<String, Construct> rows) {
        rows.put("Clock, Date, Calendar", () -> {
            Clock clock = Clock.systemUTC();
            long byClock = clock.millis();
            long byDate = new Date().getTime();
            long byCalendar = Calendar.getInstance().getTimeInMillis();
            Thread.sleep(HOUR);
            List<Long> gone = List.of(
                    clock.millis() - byClock,
                    new Date().getTime() - byDate,
                    Calendar.getInstance().getTimeInMillis() - byCalendar);
            if (!gone.stream().allMatch(millis -> millis == HOUR.toMillis())) {
                throw new AssertionError(gone);
            }
        });
    }
}
