package io.jobtree.scheduler.synctest.corpus;

import static io.jobtree.scheduler.synctest.corpus.Together.ensure;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Bugs that public libraries had, each reduced by hand from its issue's description to the steps that matter.
@SuppressWarnings({"FutureReturnValueIgnored", "GuardedBy", "UndefinedEquals"})
final class LibraryBugs {
    private LibraryBugs() {}

    static List<Case> all() {
        return List.of(
                new Case("failsafe-lib/failsafe#393", 100, () -> bulkhead(false), () -> bulkhead(true)),
                new Case("jdbi/jdbi#2274", 500, () -> expunge(false), () -> expunge(true)),
                new Case("jdbi/jdbi#2980", 100, () -> nestedCompute(false), () -> nestedCompute(true)),
                new Case("brettwooldridge/HikariCP#452", 500, () -> addConnection(false), () -> addConnection(true)),
                new Case("google/guava#2743", 100, () -> loadingValue(false), () -> loadingValue(true)),
                new Case("swaldman/c3p0#95", 100, () -> managedPool(false), () -> managedPool(true)),
                new Case("ben-manes/caffeine#322", 100, () -> refresh(false), () -> refresh(true)),
                new Case("resilience4j/resilience4j#1432", 100, () -> halfOpen(false), () -> halfOpen(true)),
                new Case("crawler-commons/url-frontier#122", 100, () -> stripes(false), () -> stripes(true)));
    }

    /// A caller that has timed out stays in the queue, and the next permit goes to it.
    private static final class Bulkhead {
        private final boolean fixed;
        private final Deque<CompletableFuture<String>> waiting = new ArrayDeque<>();
        private int permits = 1;

        Bulkhead(boolean fixed) {
            this.fixed = fixed;
        }

        private synchronized CompletableFuture<String> acquire() {
            if (permits > 0) {
                permits--;
                return CompletableFuture.completedFuture("");
            }
            CompletableFuture<String> future = new CompletableFuture<>();
            waiting.add(future);
            return future;
        }

        boolean tryAcquire(Duration timeout) throws Exception {
            CompletableFuture<String> future = acquire();
            try {
                future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException late) {
                return fixed && giveUp(future);
            }
        }

        /// True where the permit has come after all.
        private synchronized boolean giveUp(CompletableFuture<String> future) {
            return !waiting.remove(future);
        }

        synchronized void release() {
            permits++;
            CompletableFuture<String> next = waiting.pollFirst();
            if (next != null) {
                permits--;
                next.complete("");
            }
        }
    }

    private static void bulkhead(boolean fixed) throws Exception {
        Bulkhead bulkhead = new Bulkhead(fixed);
        Together.run(() -> hold(bulkhead), () -> hold(bulkhead));
        ensure(bulkhead.permits == 1, "a permit is gone for good");
    }

    private static void hold(Bulkhead bulkhead) throws Exception {
        if (bulkhead.tryAcquire(Duration.ofMillis(10))) {
            Thread.sleep(20);
            bulkhead.release();
        }
    }

    /// One thread has the lock and wants a bin of the map; the other has the bin and wants the lock.
    private static void expunge(boolean fixed) throws Exception {
        Map<String, String> map = new ConcurrentHashMap<>();
        ReentrantLock expungeLock = new ReentrantLock();
        map.put("a", "");
        Together.run(
                () -> {
                    if (fixed) {
                        underLock(expungeLock, () -> {});
                        map.remove("a");
                    } else {
                        underLock(expungeLock, () -> map.remove("a"));
                    }
                },
                () -> map.compute("a", (key, value) -> {
                    underLock(expungeLock, () -> {});
                    return key;
                }));
    }

    private static void underLock(ReentrantLock lock, Runnable body) {
        lock.lock();
        try {
            body.run();
        } finally {
            lock.unlock();
        }
    }

    /// A mapping function under the monitor of one bin asks for an entry of another.
    private static void nestedCompute(boolean fixed) throws Exception {
        Map<Integer, String> mappers = new ConcurrentHashMap<>();
        Together.run(() -> resolve(mappers, 1, 2, fixed), () -> resolve(mappers, 2, 1, fixed));
        ensure(mappers.size() == 2, "resolved " + mappers);
    }

    private static void resolve(Map<Integer, String> mappers, int key, int needed, boolean fixed) {
        if (fixed) {
            mappers.putIfAbsent(needed, "inner " + needed);
            mappers.putIfAbsent(key, "outer " + key);
        } else {
            mappers.computeIfAbsent(key, k -> {
                mappers.computeIfAbsent(needed, n -> "inner " + n);
                return "outer " + k;
            });
        }
    }

    /// The second worker sees the connection that the first has added, and adds none for the second borrower.
    private static final class ConnectionBag {
        private final boolean fixed;
        private int idle;
        private int waiters;

        ConnectionBag(boolean fixed) {
            this.fixed = fixed;
        }

        synchronized void borrow() throws InterruptedException {
            waiters++;
            Thread.startVirtualThread(this::addConnection);
            while (idle == 0) {
                wait();
            }
            waiters--;
            idle--;
        }

        private synchronized void addConnection() {
            if (idle == 0 || (fixed && idle < waiters)) {
                idle++;
                notifyAll();
            }
        }
    }

    private static void addConnection(boolean fixed) throws Exception {
        ConnectionBag bag = new ConnectionBag(fixed);
        Together.run(bag::borrow, bag::borrow);
    }

    /// A loader that waits for a value being loaded, while it has the lock that the loading thread needs to store it.
    private static final class Segment {
        private final boolean fixed;
        private final ReentrantLock lock = new ReentrantLock();
        private final Map<String, CompletableFuture<String>> loading = new HashMap<>();
        private final Map<String, String> stored = new HashMap<>();

        Segment(boolean fixed) {
            this.fixed = fixed;
        }

        void computeIfAbsent(String key) {
            CompletableFuture<String> mine = new CompletableFuture<>();
            CompletableFuture<String> other;
            lock.lock();
            try {
                other = loading.putIfAbsent(key, mine);
                if (other != null && !fixed) {
                    other.join();
                }
            } finally {
                lock.unlock();
            }
            if (other != null) {
                other.join();
            } else {
                store(key, mine);
            }
        }

        private void store(String key, CompletableFuture<String> mine) {
            lock.lock();
            try {
                stored.put(key, "value");
            } finally {
                lock.unlock();
            }
            mine.complete("value");
        }
    }

    private static void loadingValue(boolean fixed) throws Exception {
        Segment segment = new Segment(fixed);
        Together.run(() -> segment.computeIfAbsent("key"), () -> segment.computeIfAbsent("key"));
        ensure(segment.stored.containsKey("key"), "not stored");
    }

    /// Reading an attribute locks the bean, then the pool; creating the pool locks the pool, then the bean.
    private static void managedPool(boolean fixed) throws Exception {
        Object pool = new Object();
        Object bean = new Object();
        Together.run(() -> enter(pool, bean), () -> {
            if (fixed) {
                enter(pool, bean);
            } else {
                enter(bean, pool);
            }
        });
    }

    private static void enter(Object outer, Object inner) {
        synchronized (outer) {
            synchronized (inner) {
                ensure(Thread.holdsLock(outer), "both held");
            }
        }
    }

    /// Each refresh starts a load, though one is under way.
    private static final class Refreshing {
        private final boolean fixed;
        private final Map<String, CompletableFuture<String>> refreshes = new ConcurrentHashMap<>();
        private final AtomicInteger loads = new AtomicInteger();

        Refreshing(boolean fixed) {
            this.fixed = fixed;
        }

        void refresh(String key) {
            if (fixed) {
                refreshes.computeIfAbsent(key, k -> load()).join();
            } else {
                CompletableFuture<String> running = refreshes.get(key);
                if (running == null) {
                    running = load();
                    refreshes.put(key, running);
                }
                running.join();
            }
        }

        private CompletableFuture<String> load() {
            loads.incrementAndGet();
            return CompletableFuture.supplyAsync(() -> "value");
        }
    }

    private static void refresh(boolean fixed) throws Exception {
        Refreshing cache = new Refreshing(fixed);
        Together.run(() -> cache.refresh("key"), () -> cache.refresh("key"));
        ensure(cache.loads.get() == 1, "loaded " + cache.loads + " times");
    }

    /// Who finds the breaker open after its wait makes it half open, with fresh permits: twice, where two find it so.
    private static final class Breaker {
        private final boolean fixed;
        private final AtomicReference<@Nullable AtomicInteger> halfOpen = new AtomicReference<>();

        Breaker(boolean fixed) {
            this.fixed = fixed;
        }

        boolean tryCall() {
            AtomicInteger permits = halfOpen.get();
            if (permits == null) {
                permits = new AtomicInteger(1);
                if (fixed) {
                    halfOpen.compareAndSet(null, permits);
                    AtomicInteger agreed = halfOpen.get();
                    permits = agreed == null ? permits : agreed;
                } else {
                    halfOpen.set(permits);
                }
            }
            return permits.getAndDecrement() > 0;
        }
    }

    private static void halfOpen(boolean fixed) throws Exception {
        Breaker breaker = new Breaker(fixed);
        AtomicInteger calls = new AtomicInteger();
        Runnable call = () -> {
            if (breaker.tryCall()) {
                calls.incrementAndGet();
            }
        };
        Together.run(call::run, call::run, call::run);
        ensure(calls.get() == 1, calls + " calls where one is permitted");
    }

    /// One method takes the map's monitor, then the stripe's lock; the other the stripe's lock first.
    private static final class OrderedMap {
        private final boolean fixed;
        private final ReentrantLock stripe = new ReentrantLock();
        private final TreeMap<Integer, String> entries = new TreeMap<>();
        private final List<Integer> polled = new ArrayList<>();

        OrderedMap(boolean fixed) {
            this.fixed = fixed;
            entries.put(1, "");
            entries.put(2, "");
        }

        void pollFirst() {
            if (fixed) {
                underLock(stripe, this::pollLocked);
            } else {
                synchronized (this) {
                    underLock(stripe, this::pollLocked);
                }
            }
        }

        private synchronized void pollLocked() {
            polled.add(entries.pollFirstEntry().getKey());
        }

        void remove(int key) {
            underLock(stripe, () -> removeLocked(key));
        }

        private synchronized void removeLocked(int key) {
            entries.remove(key);
        }
    }

    private static void stripes(boolean fixed) throws Exception {
        OrderedMap map = new OrderedMap(fixed);
        Together.run(map::pollFirst, () -> map.remove(2));
        ensure(map.polled.size() == 1, "polled " + map.polled);
    }
}
