package io.jobtree.scheduler.synctest;

import io.jobtree.scheduler.synctest.agent.Agent;
import io.jobtree.scheduler.synctest.runtime.Plan;
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

/// Monitors, locks, timers, queues, futures, task scopes and random numbers, all at once.
@SuppressWarnings({"ThreadPriorityCheck", "FutureReturnValueIgnored", "WaitNotInLoop", "NotifyAllPreferred"})
public final class MixedProgram {
    private final Object monitor = new Object();
    private final ReentrantLock lock = new ReentrantLock();
    private final BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(1);
    private final StringBuilder log = new StringBuilder();
    private int turns;

    private MixedProgram() {}

    /// Prints as many runs as are asked for, and their number.
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) {
        System.out.println(print(Integer.parseInt(arguments[0])));
    }

    /// A line for each seed: what the bubble did, and what the program wrote down.
    static String print(int seeds) {
        StringBuilder lines = new StringBuilder();
        for (long seed = 0; seed < seeds; seed++) {
            lines.append("seed ").append(seed).append(": ").append(run(seed)).append('\n');
        }
        return lines.append(seeds).append(" runs").toString();
    }

    private static String run(long seed) {
        Agent.ensureInstalled(); // before anything of the runtime is touched, which only the agent brings
        MixedProgram program = new MixedProgram();
        Plan plan = new Plan(seed, Bubble.EPOCH, List.of(MixedProgram.class.getPackageName()));
        Session session = Session.open(plan);
        try {
            session.run(() -> {
                program.runAll();
                return "";
            });
        } catch (Throwable failed) {
            throw new AssertionError("seed " + seed, failed);
        }
        return session.trace() + ", log "
                + Integer.toHexString(program.log.toString().hashCode());
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
                if (i == number % 4) {
                    inScope(number);
                }
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

    /// One of two subtasks takes the lock that the other threads contend for.
    private void inScope(int number) throws Exception {
        TaskScopes.runBoth(() -> log("forked " + number), () -> {
            lock.lock();
            try {
                log("locked " + number);
            } finally {
                lock.unlock();
            }
        });
    }

    private void log(String event) {
        log.append(event).append(',');
    }
}
