package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.file.FileSystems;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"FutureReturnValueIgnored", "LockNotBeforeTry"})
final class LeftBubbleTest {
    private static final Duration HOUR = Duration.ofHours(1);

    /// What each does also has a timer set, to which the clock must not jump, and a catch of everything.
    private static void leaves(Bubble.Body body, String... said) {
        long began = System.nanoTime();
        assertThatExceptionOfType(LeftBubbleError.class)
                .isThrownBy(() -> Bubble.run(1, () -> {
                    Thread.startVirtualThread(() -> LockSupport.parkNanos(HOUR.toNanos()));
                    try {
                        body.run();
                    } catch (Throwable swallowed) {
                        Thread.sleep(HOUR);
                    }
                }))
                .satisfies(error -> assertThat(error.getMessage()).contains(said))
                .satisfies(error -> assertThat(error.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().startsWith(LeftBubbleTest.class.getName())));
        // Generous: what matters is that no hour passed, and no minute.
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void platformThread_joined() {
        leaves(
                () -> {
                    Thread thread = Thread.ofPlatform()
                            .daemon()
                            .name("worker")
                            .start(() -> LockSupport.parkNanos(HOUR.toNanos()));
                    thread.join();
                },
                "platform thread 'worker' is joined by 'test'",
                "Thread.ofVirtual()");
    }

    @Test
    void platformThread_startedAndWaitedFor() {
        leaves(
                () -> {
                    CountDownLatch done = new CountDownLatch(1);
                    Thread.ofPlatform().daemon().name("worker").start(() -> {
                        LockSupport.parkNanos(Duration.ofMinutes(1).toNanos());
                        done.countDown();
                    });
                    done.await(1, TimeUnit.HOURS);
                },
                "platform thread 'worker', which the bubble started");
    }

    @Test
    void platformThread_startedAndSoonDone() {
        leaves(
                () -> {
                    CountDownLatch done = new CountDownLatch(1);
                    Thread test = Thread.currentThread();
                    Thread.ofPlatform().daemon().name("worker").start(() -> {
                        // Done before it is waited for, it would wake nobody.
                        while (test.getState() != Thread.State.TIMED_WAITING) {
                            Thread.onSpinWait();
                        }
                        done.countDown();
                    });
                    done.await(1, TimeUnit.HOURS);
                },
                "platform thread 'worker'");
    }

    @Test
    void platformPool_fromBeforeTheBubble() throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(
                1, Thread.ofPlatform().name("old-pool").factory())) {
            pool.submit(() -> {}).get();
            leaves(() -> pool.submit(() -> "done").get(1, TimeUnit.HOURS), "An executor from outside of the bubble");
            pool.shutdownNow();
        }
    }

    /// No executor that the bubble could know: a thread and a queue.
    @Test
    void platformThread_fromBeforeTheBubble_thatWorks() throws Exception {
        LinkedBlockingQueue<CompletableFuture<String>> requests = new LinkedBlockingQueue<>();
        Thread server = Thread.ofPlatform().daemon().name("server").start(() -> {
            try {
                CompletableFuture<String> request = requests.take();
                LockSupport.parkNanos(Duration.ofMinutes(1).toNanos());
                request.complete("");
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        });
        leaves(
                () -> {
                    CompletableFuture<String> request = new CompletableFuture<>();
                    Bubble.outside(() -> {
                        while (server.getState() != Thread.State.WAITING) {
                            Thread.onSpinWait();
                        }
                        return "";
                    });
                    requests.add(request);
                    request.get(1, TimeUnit.HOURS);
                },
                "platform thread 'server', which the bubble woke, is at work");
        LockSupport.unpark(server);
    }

    @Test
    void forkJoinPool() {
        leaves(() -> ForkJoinPool.commonPool().submit(() -> "").get(), "ForkJoinPool");
    }

    /// Quick or slow, its worker is real: no matter whether the result is there before it is waited for.
    @Test
    void forkJoinPool_createdInTheBubble() {
        leaves(
                () -> {
                    try (ForkJoinPool pool = new ForkJoinPool(1)) {
                        pool.submit(() -> "").get();
                    }
                },
                "A ForkJoinPool is used");
    }

    @Test
    void selector() throws Exception {
        try (Selector selector = Selector.open()) {
            leaves(() -> selector.select(HOUR.toMillis()), "socket");
        }
    }

    @Test
    void timer() {
        leaves(
                () -> {
                    CountDownLatch done = new CountDownLatch(1);
                    new Timer(true)
                            .schedule(
                                    new TimerTask() {
                                        @Override
                                        public void run() {
                                            done.countDown();
                                        }
                                    },
                                    10);
                    done.await();
                },
                "java.util.Timer",
                "ScheduledExecutorService");
    }

    @Test
    void serverSocket() {
        leaves(
                () -> {
                    try (ServerSocket server = new ServerSocket(0)) {
                        server.accept();
                    }
                },
                "socket",
                "fake");
    }

    @Test
    void socket_openedBeforeTheBubble() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            leaves(server::accept, "socket");
        }
    }

    @Test
    void datagramChannel() {
        leaves(
                () -> {
                    try (DatagramChannel channel = DatagramChannel.open()) {
                        channel.bind(null);
                    }
                },
                "socket");
    }

    @Test
    void httpClient_createdInTheBubble() {
        leaves(HttpClient::newHttpClient, "HttpClient", "Bubble.outside");
    }

    @Test
    void httpClient_fromBeforeTheBubble() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://localhost:1/")).build();
            leaves(() -> client.send(request, BodyHandlers.discarding()), "HttpClient");
            leaves(() -> client.sendAsync(request, BodyHandlers.discarding()).join(), "HttpClient");
        }
    }

    @Test
    void httpClient_outside_isTheDoor() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + server.getAddress().getPort()))
                    .build();
            int status = Bubble.run(1, () -> {
                Thread sleeper = Thread.startVirtualThread(() -> LockSupport.parkNanos(HOUR.toNanos()));
                int answer = Bubble.outside(
                        () -> client.send(request, BodyHandlers.discarding()).statusCode());
                sleeper.join();
                return answer;
            });
            assertThat(status).isEqualTo(204);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void pinnedSleep() {
        leaves(
                () -> {
                    if (SleepsInInitializer.VALUE > 0) {
                        throw new AssertionError("not reached");
                    }
                },
                "class initializer");
    }

    private static final class SleepsInInitializer {
        static final int VALUE = sleep();

        private static int sleep() {
            try {
                Thread.sleep(HOUR);
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
            return 1;
        }
    }

    @Test
    void pinnedMonitor() {
        Object monitor = new Object();
        leaves(
                () -> {
                    Thread holder = Thread.startVirtualThread(() -> {
                        synchronized (monitor) {
                            LockSupport.parkNanos(HOUR.toNanos());
                        }
                    });
                    Bubble.settle();
                    WaitsInInitializer.monitor = monitor;
                    assertThat(WaitsInInitializer.Inner.VALUE).isOne();
                    holder.join();
                },
                "cannot leave its carrier");
    }

    private static final class WaitsInInitializer {
        static Object monitor = new Object();

        private static final class Inner {
            static final int VALUE = enter();

            private static int enter() {
                synchronized (monitor) {
                    return 1;
                }
            }
        }
    }

    @Test
    void process() {
        leaves(() -> new ProcessBuilder("true").start().waitFor(), "process");
    }

    @Test
    void process_fromBeforeTheBubble() throws Exception {
        Process process = new ProcessBuilder("cat").start();
        leaves(process::waitFor, "process");
        leaves(() -> process.waitFor(1, TimeUnit.HOURS), "process");
        leaves(() -> process.onExit().get(1, TimeUnit.HOURS), "process");
        leaves(() -> process.toHandle().onExit().get(1, TimeUnit.HOURS), "process");
        leaves(() -> process.getInputStream().read(), "process");
        process.destroyForcibly().waitFor();
    }

    @Test
    void watchService() throws Exception {
        try (WatchService files = FileSystems.getDefault().newWatchService()) {
            leaves(files::take, "WatchService");
            leaves(() -> files.poll(1, TimeUnit.HOURS), "WatchService");
        }
    }

    @Test
    void lockHeldOutside() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().name("holder").start(() -> {
            lock.lock();
            held.countDown();
            try {
                over.await();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            } finally {
                lock.unlock();
            }
        });
        held.await();
        leaves(lock::lock, "lock that a thread outside holds is waited for by 'test'");
        over.countDown();
        holder.join();
    }

    @Test
    void monitorHeldOutside() throws Exception {
        Object monitor = new Object();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().start(() -> {
            synchronized (monitor) {
                held.countDown();
                try {
                    over.await();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
            }
        });
        held.await();
        leaves(
                () -> {
                    synchronized (monitor) {
                        throw new AssertionError("not reached");
                    }
                },
                "lock that a thread outside holds is waited for by 'test'");
        over.countDown();
        holder.join();
    }

    /// A log line of a thread outside may hold the lock of System.out for a moment.
    @Test
    void lockHeldOutsideForAMoment_isWaitedFor() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().start(() -> {
            lock.lock();
            held.countDown();
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            lock.unlock();
        });
        held.await();
        Bubble.run(1, () -> {
            Thread.startVirtualThread(() -> LockSupport.parkNanos(HOUR.toNanos()));
            lock.lock();
            lock.unlock();
            assertThat(System.currentTimeMillis()).isEqualTo(Bubble.EPOCH.toEpochMilli());
        });
        holder.join();
    }

    @Test
    void futureCompletedOutside() {
        CompletableFuture<String> future = new CompletableFuture<>();
        assertThatExceptionOfType(LeftBubbleError.class)
                .isThrownBy(() -> Bubble.run(1, () -> {
                    Thread completer = Thread.ofPlatform().name("completer").unstarted(() -> future.complete(""));
                    Thread waiter = Thread.ofVirtual().name("waiter").start(future::join);
                    Bubble.settle();
                    Bubble.outside(() -> {
                        completer.start();
                        completer.join();
                        return "";
                    });
                    waiter.join();
                }))
                .withMessageContaining("platform thread 'completer' woke 'waiter', which waited for CompletableFuture");
    }
}
