package io.jobtree.scheduler.synctest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Monitors, locks, timers, queues, futures and random numbers, all at once; what it does is written down.
@SuppressWarnings({"ThreadPriorityCheck", "FutureReturnValueIgnored", "WaitNotInLoop", "NotifyAllPreferred"})
public final class MixedProgram {
    private final Object monitor = new Object();
    private final ReentrantLock lock = new ReentrantLock();
    private final BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(1);
    private final StringBuilder log = new StringBuilder();
    private int turns;

    private MixedProgram() {}

    /// Prints the hash of as many runs as are asked for.
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws Exception {
        System.out.println(hashOf(Integer.parseInt(arguments[0])));
    }

    static String hashOf(int seeds) throws Exception {
        long hash = 0;
        for (long seed = 0; seed < seeds; seed++) {
            hash = hash * 31 + run(seed).hashCode();
        }
        return Long.toHexString(hash);
    }

    static String run(long seed) throws Exception {
        MixedProgram program = new MixedProgram();
        Bubble.run(seed, program::runAll);
        return program.log.toString();
    }

    private void runAll() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().name("t" + i).start(() -> work(number)));
        }
        try (ScheduledExecutorService executor = Executors.newScheduledThreadPool(2)) {
            executor.scheduleAtFixedRate(() -> log("tick"), 1, 2, TimeUnit.MILLISECONDS);
            for (Thread thread : threads) {
                thread.join();
            }
            executor.shutdownNow();
        }
        log.append(Duration.between(Bubble.EPOCH, Instant.now())).append(' ').append(turns);
    }

    private void work(int number) {
        try {
            for (int i = 0; i < 4; i++) {
                inMonitor(number, i);
                inLock(number);
                exchange(number);
                CompletableFuture.supplyAsync(() -> number)
                        .thenAcceptAsync(value -> log("async " + value))
                        .orTimeout(1, TimeUnit.SECONDS)
                        .get();
                log(number + ":" + ThreadLocalRandom.current().nextInt(100));
            }
        } catch (Exception unexpected) {
            log("failed " + unexpected);
        }
    }

    private void inMonitor(int number, int round) throws InterruptedException {
        synchronized (monitor) {
            if (number % 3 == 0) {
                monitor.wait(10 + number);
            } else {
                monitor.notify();
            }
            if (round == 2) {
                Thread.sleep(1);
            }
            turns++;
        }
        Thread.yield();
    }

    private void inLock(int number) throws InterruptedException {
        if (lock.tryLock(3, TimeUnit.MILLISECONDS)) {
            try {
                turns++;
                if (number == 1) {
                    Thread.sleep(2);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void exchange(int number) throws InterruptedException {
        if (number % 2 == 0) {
            log("offered " + queue.offer(number, 5, TimeUnit.MILLISECONDS));
        } else {
            log("polled " + queue.poll(3, TimeUnit.MILLISECONDS));
        }
    }

    private void log(String event) {
        log.append(event).append(',');
    }
}
