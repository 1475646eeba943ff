package io.jobtree.scheduler.synctest.corpus;

import static io.jobtree.scheduler.synctest.corpus.Together.ensure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// The bugs of textbooks.
@SuppressWarnings({"WaitNotInLoop", "NotifyAllPreferred", "GuardedBy", "LockNotBeforeTry", "FutureReturnValueIgnored"})
final class Classics {
    private Classics() {}

    static List<Case> all() {
        return List.of(
                new Case("locks in opposite order", 100, () -> oppositeLocks(false), () -> oppositeLocks(true)),
                new Case("dining philosophers", 100, () -> philosophers(false), () -> philosophers(true)),
                new Case("lost wakeup", 100, () -> lostWakeup(false), () -> lostWakeup(true)),
                new Case("if in place of while", 200, () -> waitOnce(false), () -> waitOnce(true)),
                new Case("notify in place of notifyAll", 200, () -> notifyOne(false), () -> notifyOne(true)),
                new Case("lazy initialization", 100, () -> lazy(false), () -> lazy(true)),
                new Case("use after close", 100, () -> useAfterClose(false), () -> useAfterClose(true)),
                new Case("permit leaked on interrupt", 100, () -> leakedPermit(false), () -> leakedPermit(true)),
                new Case("cache stampede", 100, () -> stampede(false), () -> stampede(true)),
                new Case("bounded pool waits for itself", 100, () -> poolInPool(false), () -> poolInPool(true)),
                new Case("timeout against completion", 100, () -> timeout(false), () -> timeout(true)),
                new Case("listener added during dispatch", 100, () -> listeners(false), () -> listeners(true)),
                new Case("containsKey then put", 100, () -> checkThenPut(false), () -> checkThenPut(true)),
                new Case("field++", 100, () -> increment(false), () -> increment(true)),
                new Case("update across a wait", 100, () -> acrossWait(false), () -> acrossWait(true)));
    }

    private static void oppositeLocks(boolean fixed) throws Exception {
        Lock first = new ReentrantLock();
        Lock second = new ReentrantLock();
        Together.run(() -> lockBoth(first, second), () -> {
            if (fixed) {
                lockBoth(first, second);
            } else {
                lockBoth(second, first);
            }
        });
    }

    private static void lockBoth(Lock outer, Lock inner) {
        outer.lock();
        try {
            inner.lock();
            inner.unlock();
        } finally {
            outer.unlock();
        }
    }

    private static void philosophers(boolean fixed) throws Exception {
        Object[] forks = {new Object(), new Object(), new Object()};
        Together.run(() -> eat(forks[0], forks[1]), () -> eat(forks[1], forks[2]), () -> {
            if (fixed) {
                eat(forks[0], forks[2]);
            } else {
                eat(forks[2], forks[0]);
            }
        });
    }

    private static void eat(Object left, Object right) {
        synchronized (left) {
            synchronized (right) {
                ensure(Thread.holdsLock(left), "forks held");
            }
        }
    }

    private static void lostWakeup(boolean fixed) throws Exception {
        Object monitor = new Object();
        AtomicBoolean ready = new AtomicBoolean();
        Together.run(
                () -> {
                    if (fixed) {
                        synchronized (monitor) {
                            while (!ready.get()) {
                                monitor.wait();
                            }
                        }
                    } else if (!ready.get()) {
                        synchronized (monitor) {
                            monitor.wait();
                        }
                    }
                },
                () -> {
                    ready.set(true);
                    synchronized (monitor) {
                        monitor.notifyAll();
                    }
                });
    }

    private static final class Slot {
        private final boolean loops;
        private final boolean notifiesAll;
        private int items;

        Slot(boolean loops, boolean notifiesAll) {
            this.loops = loops;
            this.notifiesAll = notifiesAll;
        }

        synchronized void put() throws InterruptedException {
            while (items == 1) {
                wait();
            }
            items++;
            wake();
        }

        synchronized void take() throws InterruptedException {
            if (loops) {
                while (items == 0) {
                    wait();
                }
            } else if (items == 0) {
                wait();
            }
            items--;
            ensure(items >= 0, "taken from an empty slot");
            wake();
        }

        private void wake() {
            if (notifiesAll) {
                notifyAll();
            } else {
                notify();
            }
        }
    }

    private static void waitOnce(boolean fixed) throws Exception {
        Slot slot = new Slot(fixed, true);
        Together.run(slot::take, slot::take, () -> {
            slot.put();
            slot.put();
        });
    }

    private static void notifyOne(boolean fixed) throws Exception {
        Slot slot = new Slot(true, fixed);
        Together.run(
                slot::take,
                slot::take,
                () -> {
                    slot.put();
                    slot.put();
                },
                () -> {
                    slot.put();
                    slot.put();
                },
                slot::take,
                slot::take);
    }

    private static final class Lazy {
        private final AtomicInteger made = new AtomicInteger();
        private volatile Object value = "";

        Object racy() {
            if (value.equals("")) {
                value = "value " + made.incrementAndGet();
            }
            return value;
        }

        synchronized Object safe() {
            return racy();
        }
    }

    private static void lazy(boolean fixed) throws Exception {
        Lazy lazy = new Lazy();
        Together.run(() -> get(lazy, fixed), () -> get(lazy, fixed));
        ensure(lazy.made.get() == 1, "made twice");
    }

    private static void get(Lazy lazy, boolean fixed) {
        ensure(!(fixed ? lazy.safe() : lazy.racy()).equals(""), "no value");
    }

    private static final class Resource {
        private boolean closed;

        void use() {
            ensure(!closed, "used after close");
        }

        void close() {
            closed = true;
        }

        boolean isClosed() {
            return closed;
        }
    }

    private static void useAfterClose(boolean fixed) throws Exception {
        Resource resource = new Resource();
        Lock lock = fixed ? new ReentrantLock() : new NoLock();
        Together.run(
                () -> {
                    lock.lock();
                    try {
                        if (!resource.isClosed()) {
                            resource.use();
                        }
                    } finally {
                        lock.unlock();
                    }
                },
                () -> {
                    lock.lock();
                    try {
                        resource.close();
                    } finally {
                        lock.unlock();
                    }
                });
    }

    private static final class NoLock extends ReentrantLock {
        private static final long serialVersionUID = 1;

        @Override
        public void lock() {
            // what the code forgot
        }

        @Override
        public void unlock() {
            // what the code forgot
        }
    }

    private static void leakedPermit(boolean fixed) throws Exception {
        Semaphore permits = new Semaphore(1);
        Thread worker = Thread.startVirtualThread(() -> {
            try {
                permits.acquire();
                if (fixed) {
                    try {
                        Thread.sleep(10);
                    } finally {
                        permits.release();
                    }
                } else {
                    Thread.sleep(10);
                    permits.release();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        worker.interrupt();
        worker.join();
        ensure(permits.availablePermits() == 1, "permit leaked");
    }

    private static void stampede(boolean fixed) throws Exception {
        ConcurrentHashMap<String, String> cache = new ConcurrentHashMap<>();
        AtomicInteger loads = new AtomicInteger();
        Runnable get = () -> {
            if (fixed) {
                cache.computeIfAbsent("key", key -> load(key, loads));
            } else if (cache.get("key") == null) {
                cache.put("key", load("key", loads));
            }
        };
        Together.run(get::run, get::run, get::run);
        ensure(loads.get() == 1, "loaded " + loads + " times");
    }

    private static String load(String key, AtomicInteger loads) {
        loads.incrementAndGet();
        try {
            Thread.sleep(100);
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
        return key;
    }

    private static void poolInPool(boolean fixed) throws Exception {
        try (ExecutorService outer = Executors.newFixedThreadPool(2);
                ExecutorService inner = fixed ? Executors.newFixedThreadPool(2) : outer) {
            Runnable parent = () -> {
                try {
                    inner.submit(() -> "child").get();
                } catch (Exception unexpected) {
                    throw new AssertionError(unexpected);
                }
            };
            var first = outer.submit(parent);
            var second = outer.submit(parent);
            first.get();
            second.get();
        }
    }

    private static void timeout(boolean fixed) throws Exception {
        CompletableFuture<String> request = new CompletableFuture<>();
        AtomicInteger answers = new AtomicInteger();
        Together.run(
                () -> {
                    Thread.sleep(1000);
                    if (request.complete("done") || !fixed) {
                        answers.incrementAndGet();
                    }
                },
                () -> {
                    try {
                        request.get(1000, TimeUnit.MILLISECONDS);
                    } catch (TimeoutException late) {
                        if (request.completeExceptionally(late)) {
                            answers.incrementAndGet();
                        }
                    }
                });
        ensure(answers.get() == 1, "answered " + answers + " times");
    }

    private static void listeners(boolean fixed) throws Exception {
        List<Runnable> listeners = fixed ? new CopyOnWriteArrayList<>() : new ArrayList<>();
        AtomicInteger heard = new AtomicInteger();
        listeners.add(heard::incrementAndGet);
        listeners.add(heard::incrementAndGet);
        Together.run(
                () -> {
                    for (Runnable listener : listeners) {
                        listener.run();
                    }
                },
                () -> listeners.add(heard::incrementAndGet));
        ensure(heard.get() >= 2, "a listener was left out");
    }

    private static void checkThenPut(boolean fixed) throws Exception {
        Map<String, Integer> owners = new ConcurrentHashMap<>();
        AtomicInteger won = new AtomicInteger();
        Runnable register = () -> {
            if (fixed) {
                if (owners.putIfAbsent("key", 1) == null) {
                    won.incrementAndGet();
                }
            } else if (!owners.containsKey("key")) {
                owners.put("key", 1);
                won.incrementAndGet();
            }
        };
        Together.run(register::run, register::run);
        ensure(won.get() == 1, "registered twice");
    }

    private static final class Counter {
        private int count;

        void racy() {
            count++;
        }

        synchronized void safe() {
            count++;
        }
    }

    private static void increment(boolean fixed) throws Exception {
        Counter counter = new Counter();
        Runnable twice = () -> {
            for (int i = 0; i < 2; i++) {
                if (fixed) {
                    counter.safe();
                } else {
                    counter.racy();
                }
            }
        };
        Together.run(twice::run, twice::run);
        ensure(counter.count == 4, "counted " + counter.count);
    }

    private static final class Account {
        private int balance = 100;

        void slowWithdraw(int amount) throws InterruptedException {
            int seen = balance;
            Thread.sleep(10);
            balance = seen - amount;
        }
    }

    private static void acrossWait(boolean fixed) throws Exception {
        Account account = new Account();
        Semaphore one = new Semaphore(fixed ? 1 : 2);
        Together.run(() -> withdraw(account, one), () -> withdraw(account, one));
        ensure(account.balance == 80, "balance " + account.balance);
    }

    private static void withdraw(Account account, Semaphore turn) throws InterruptedException {
        turn.acquire();
        try {
            account.slowWithdraw(10);
        } finally {
            turn.release();
        }
    }
}
