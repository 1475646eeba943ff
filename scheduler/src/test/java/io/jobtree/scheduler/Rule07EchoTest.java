package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each body waits in one of the JDK's ways, is cancelled, and lets out whatever that throws.
@Timeout(30)
@DisplayName("R7: what the JDK or Jobtree throws because the body was interrupted is no failure; all else is")
final class Rule07EchoTest {
    /// A wait of each kind: a socket, a file, a lock, a future.
    private static final Set<String> SOME =
            Set.of("Socket.read", "FileChannel", "Lock.lockInterruptibly", "Future.get");

    private final RecordedFailures failures = new RecordedFailures();
    private final List<Throwable> unobserved = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> resources = new ArrayList<>();

    @AfterEach
    void closeResources() throws Exception {
        for (var one : resources) {
            one.close();
        }
    }

    private SchedulerOptions options() {
        return TestOptions.unlimited().withFailureHandler(failures).withObserver(job -> new JobObservation() {
            @Override
            public void unobserved(Throwable failure) {
                unobserved.add(failure);
            }
        });
    }

    /// A body that waits until it is interrupted, with a name.
    record Wait(String name, JobAction body) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// What a body throws once it was interrupted, with a name.
    record Thrown(String name, Throwable thrown) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private static ServerSocket server() throws IOException {
        return new ServerSocket(0, 50, LOOPBACK);
    }

    static Stream<Wait> someWaits() {
        return waits().filter(wait -> SOME.contains(wait.toString()));
    }

    static Stream<Wait> otherWaits() {
        return waits().filter(wait -> !SOME.contains(wait.toString()));
    }

    static Stream<Wait> waits() {
        return Stream.of(
                new Wait("Socket.read", () -> {
                    try (var server = server();
                            var socket = new Socket(LOOPBACK, server.getLocalPort())) {
                        socket.getInputStream().read();
                    }
                }),
                new Wait("Socket.read with a timeout", () -> {
                    try (var server = server();
                            var socket = new Socket(LOOPBACK, server.getLocalPort())) {
                        socket.setSoTimeout(60_000);
                        socket.getInputStream().read();
                    }
                }),
                new Wait("ServerSocket.accept", () -> {
                    try (var server = server()) {
                        server.accept();
                    }
                }),
                new Wait("DatagramSocket.receive", () -> {
                    try (var socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
                        socket.receive(new DatagramPacket(new byte[8], 8));
                    }
                }),
                new Wait("URLConnection", () -> {
                    try (var server = server()) {
                        silent(server).toURL().openStream().read();
                    }
                }),
                new Wait("HttpClient.send", () -> {
                    try (var server = server();
                            var client = HttpClient.newHttpClient()) {
                        client.send(
                                HttpRequest.newBuilder(silent(server)).build(), HttpResponse.BodyHandlers.ofString());
                    }
                }),
                new Wait("SocketChannel.read", () -> {
                    try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
                            var channel = SocketChannel.open(server.getLocalAddress())) {
                        channel.read(ByteBuffer.allocate(8));
                    }
                }),
                new Wait("ServerSocketChannel.accept", () -> {
                    try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
                        server.accept();
                    }
                }),
                new Wait("DatagramChannel.receive", () -> {
                    try (var channel = DatagramChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
                        channel.receive(ByteBuffer.allocate(8));
                    }
                }),
                new Wait("the socket of a channel", () -> {
                    try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
                        server.socket().accept();
                    }
                }),
                new Wait("Pipe", () -> {
                    var pipe = Pipe.open();
                    try (var source = pipe.source();
                            var sink = pipe.sink()) {
                        assertThat(sink.isOpen()).isTrue();
                        source.read(ByteBuffer.allocate(8));
                    }
                }),
                new Wait("FileChannel", () -> {
                    var file = Files.createTempFile("echo", ".txt");
                    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        while (true) {
                            channel.write(ByteBuffer.wrap(new byte[8]), 0);
                        }
                    } finally {
                        Files.delete(file);
                    }
                }),
                new Wait("PipedInputStream", () -> {
                    try (var in = new PipedInputStream();
                            var out = new PipedOutputStream(in)) {
                        out.flush();
                        in.read();
                    }
                }),
                new Wait("Process.waitFor", () -> {
                    var process = new ProcessBuilder("sleep", "60").start();
                    try {
                        process.waitFor();
                    } finally {
                        process.destroyForcibly();
                    }
                }),
                new Wait("Lock.lockInterruptibly", () -> {
                    var lock = new ReentrantLock();
                    Actor.start(ThreadKind.PLATFORM, () -> {
                                lock.lock();
                                return 1;
                            })
                            .result();
                    lock.lockInterruptibly();
                }),
                new Wait("BlockingQueue.take", () -> new ArrayBlockingQueue<Integer>(1).take()),
                new Wait("SynchronousQueue.put", () -> new SynchronousQueue<Integer>().put(1)),
                new Wait("Exchanger", () -> new Exchanger<Integer>().exchange(1)),
                new Wait("CyclicBarrier", () -> new CyclicBarrier(2).await()),
                new Wait("Semaphore", () -> new Semaphore(0).acquire()),
                new Wait("Phaser", () -> new Phaser(1).awaitAdvanceInterruptibly(0)),
                new Wait("Future.get", () -> new FutureTask<>(() -> 1).get()),
                new Wait("Thread.sleep", () -> Thread.sleep(Duration.ofMinutes(1))),
                new Wait(
                        "Thread.join",
                        () -> Actor.start(ThreadKind.VIRTUAL, () -> new Door().passIgnoringInterrupts())
                                .thread()
                                .join()),
                new Wait("InterruptedException as the cause of the cause", () -> {
                    try {
                        new Door().pass();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("wrapped", new ExecutionException("again", e));
                    }
                }),
                new Wait("ClosedByInterruptException in an unchecked one", () -> {
                    try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
                        server.accept();
                    } catch (ClosedByInterruptException e) {
                        throw new UncheckedIOException(e);
                    }
                }),
                new Wait("Socket.read in an unchecked one", () -> {
                    try (var server = server();
                            var socket = new Socket(LOOPBACK, server.getLocalPort())) {
                        socket.getInputStream().read();
                    } catch (SocketException e) {
                        throw new CompletionException(new UncheckedIOException(e));
                    }
                }),
                new Wait("InterruptedIOException", () -> {
                    try {
                        new Door().pass();
                    } catch (InterruptedException e) {
                        throw new InterruptedIOException("stopped");
                    }
                }),
                new Wait("InterruptedException with one suppressed", () -> {
                    try (AutoCloseable broken = Rule07EchoTest::closeBadly) {
                        assertThat(broken).isNotNull();
                        new Door().pass();
                    }
                }));
    }

    private static void closeBadly() throws IOException {
        throw new IOException("close failed");
    }

    private static URI silent(ServerSocket server) {
        return URI.create("http://" + LOOPBACK.getHostAddress() + ":" + server.getLocalPort() + "/");
    }

    /// Waits for the body to be in its wait: it is parked there, or busy writing.
    private static void awaitWaiting(Job<?> job, Door entered) throws InterruptedException {
        entered.pass();
        var stable = 0;
        for (var i = 0; i < 2_000 && stable < 20; i++) {
            var waits = job.thread()
                    .map(Thread::getState)
                    .filter(state -> state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
                    .isPresent();
            stable = waits ? stable + 1 : 0;
            LockSupport.parkNanos(100_000);
        }
    }

    private static JobAction entering(Door entered, JobAction body) {
        return () -> {
            entered.open();
            body.run();
        };
    }

    private void assertNothingReported(RecordedLog log) {
        assertThat(failures.reports()).isEmpty();
        assertThat(unobserved).isEmpty();
        assertThat(log.records()).noneMatch(record -> record.getLevel().intValue() >= Level.INFO.intValue());
    }

    @ParameterizedTest
    @MethodSource("waits")
    void wait_thatACancelEnds_isNoFailure(Wait wait) throws Exception {
        try (var log = new RecordedLog()) {
            try (var jobs = Scheduler.open(options())) {
                var entered = new Door();
                var job = jobs.spawn("job", entering(entered, wait.body()));
                awaitWaiting(job, entered);
                job.cancel();
                assertThat(Within.outcome(job))
                        .isEqualTo(new Outcome.Cancelled<>(CancelReason.REQUESTED, Optional.empty()));
            }
            assertNothingReported(log);
        }
    }

    @ParameterizedTest
    @MethodSource("waits")
    void wait_thatAFailedSiblingOrTheCloseEnds_isNoFailure(Wait wait) throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(options());
            var failure = new IllegalStateException("on purpose");
            var go = new Door();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var entered = new Door();
                awaitWaiting(scope.spawn("waits", entering(entered, wait.body())), entered);
                go.pass();
                scope.spawn("fails", () -> {
                    throw failure;
                });
                return 1;
            });
            var joiner = Actor.start(branch::await).awaitParked();
            go.open();
            assertThat(joiner.result()).isEqualTo(new Outcome.Failed<>(failure));
            assertThat(failure.getSuppressed()).isEmpty();
            var entered = new Door();
            var job = jobs.spawn("job", entering(entered, wait.body()));
            awaitWaiting(job, entered);
            assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
            assertThat(job.state()).isEqualTo(JobState.CANCELLED);
            assertNothingReported(log);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("otherWaits")
    void anyWait_thatTheOwnTimeoutEnds_isOnlyTheTimeout(Wait wait) throws Exception {
        wait_thatTheOwnTimeoutEnds_isOnlyTheTimeout(wait);
    }

    @ParameterizedTest
    @MethodSource("someWaits")
    void wait_thatTheOwnTimeoutEnds_isOnlyTheTimeout(Wait wait) throws Exception {
        try (var log = new RecordedLog()) {
            try (var jobs = Scheduler.open(options())) {
                var job = jobs.spawn(JobOptions.named("job").withTimeout(Duration.ofMillis(60)), wait.body());
                var failure = ((Outcome.Failed<?>) Within.outcome(job)).failure();
                assertThat(failure).isInstanceOf(JobTimeoutException.class);
                assertThat(failures.await(1)).hasSize(1);
                assertThat(failures.failures()).containsExactly(failure);
                assertThat(failure.getSuppressed()).isEmpty();
            }
            assertThat(failures.reports()).hasSize(1);
            assertThat(log.records()).noneMatch(record -> record.getLevel().intValue() >= Level.INFO.intValue());
        }
    }

    @EachThreadKind
    void spawn_thatWaitedForRoom_andWasCancelled_isNoFailure() throws Exception {
        try (var log = new RecordedLog()) {
            var hold = new Door();
            try (var jobs = Scheduler.open(options());
                    var full = Scheduler.open(TestOptions.limit(1).withPendingLimit(1))) {
                full.spawn("holder", hold::pass);
                full.spawn("pending", () -> {});
                var waits = jobs.spawn("waits", () -> full.spawn("late", () -> {}));
                Within.isParked(waits);
                var wraps = jobs.spawn("wraps", () -> {
                    try {
                        full.spawn("late", () -> {});
                    } catch (RejectedExecutionException e) {
                        throw new IllegalStateException("wrapped", e);
                    }
                });
                Within.isParked(wraps);
                waits.cancel();
                wraps.cancel();
                assertThat(Within.outcome(waits)).isInstanceOf(Outcome.Cancelled.class);
                assertThat(Within.outcome(wraps)).isInstanceOf(Outcome.Cancelled.class);
                hold.open();
            }
            assertNothingReported(log);
        }
    }

    @EachThreadKind
    void waitForAnotherJob_thatACancelEnds_isNoFailure() throws Exception {
        try (var log = new RecordedLog()) {
            var hold = new Door();
            try (var jobs = Scheduler.open(options())) {
                var target = jobs.spawn("target", () -> {
                    hold.pass();
                    return 1;
                });
                var running = new Door();
                var stubborn = jobs.spawn("stubborn", () -> {
                    running.open();
                    hold.passIgnoringInterrupts();
                });
                running.pass();
                List<Job<?>> all = List.of(
                        jobs.spawn("join", () -> target.join()),
                        jobs.spawn("timed join", () -> target.join(TestOptions.LONG)),
                        jobs.spawn("await", () -> target.await()),
                        jobs.spawn("cancelAndJoin", () -> stubborn.cancelAndJoin(TestOptions.LONG)),
                        jobs.spawn("future", () -> {
                            target.toCompletableFuture().get();
                        }),
                        jobs.spawn("shield", () -> jobs.shield("shielded", () -> hold.passIgnoringInterrupts())),
                        jobs.spawn("branch", scope -> {
                            scope.spawn("child", () -> new Door().pass()).join();
                            return 1;
                        }));
                Within.areParked(all);
                all.forEach(Job::cancel);
                for (var job : all) {
                    assertThat(Within.outcome(job)).isInstanceOf(Outcome.Cancelled.class);
                }
                hold.open();
            }
            assertNothingReported(log);
        }
    }

    static Stream<Thrown> failuresAfterACancel() {
        var suppressing = new IllegalStateException("primary");
        suppressing.addSuppressed(new InterruptedException("while closing"));
        return Stream.of(
                new Thrown("NullPointerException", new NullPointerException("bug")),
                new Thrown("IllegalStateException", new IllegalStateException("bug")),
                new Thrown("disk full", new IOException("No space left on device")),
                new Thrown("disk full in a file", new FileSystemException("a", null, "No space left on device")),
                new Thrown("unchecked disk full", new UncheckedIOException(new IOException("No space left"))),
                new Thrown("SocketTimeoutException", new SocketTimeoutException("Read timed out")),
                new Thrown("as a cause", new IOException(new SocketTimeoutException("Read timed out"))),
                new Thrown("Error", new AssertionError("broken")),
                new Thrown("full executor", new RejectedExecutionException("Task rejected from executor")),
                new Thrown("InterruptedException suppressed", suppressing),
                new Thrown("OutOfMemoryError", new OutOfMemoryError("not really")),
                new Thrown("connection refused", new ConnectException("Connection refused")));
    }

    @ParameterizedTest
    @MethodSource("failuresAfterACancel")
    void failure_afterACancel_isReported_andTheJobIsCancelled(Thrown thrown) throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var entered = new Door();
            var job = jobs.spawn("job", () -> {
                entered.open();
                try {
                    new Door().pass();
                } catch (InterruptedException cancelled) {
                    throw Outcomes.sneak(thrown.thrown());
                }
            });
            awaitWaiting(job, entered);
            job.cancel();
            assertThat(Within.outcome(job)).isInstanceOf(Outcome.Cancelled.class);
            var report = failures.await(1).getFirst();
            assertThat(report.job()).isSameAs(job);
            assertThat(report.failure()).isSameAs(thrown.thrown());
        }
        assertThat(failures.reports()).hasSize(1);
        assertThat(unobserved).containsExactly(thrown.thrown());
    }

    /// Nobody cancelled the job: some other code interrupted its thread.
    @Tag("slow")
    @ParameterizedTest
    @MethodSource("otherWaits")
    void anyWait_thatAnotherInterruptEnds_isAFailure(Wait wait) throws Exception {
        wait_thatAnotherInterruptEnds_isAFailure(wait);
    }

    @ParameterizedTest
    @MethodSource("someWaits")
    void wait_thatAnotherInterruptEnds_isAFailure(Wait wait) throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var entered = new Door();
            var job = jobs.spawn("job", entering(entered, wait.body()));
            awaitWaiting(job, entered);
            job.thread().orElseThrow().interrupt();
            assertThat(Within.outcome(job)).isInstanceOf(Outcome.Failed.class);
            failures.await(1);
        }
        assertThat(failures.reports()).hasSize(1);
    }

    static Stream<Thrown> alikeWithoutACancel() {
        return Stream.of(
                new Thrown("SocketException", new SocketException("Closed by interrupt")),
                new Thrown("ClosedByInterruptException", new ClosedByInterruptException()),
                new Thrown("InterruptedIOException", new InterruptedIOException()),
                new Thrown("InterruptedException", new InterruptedException()),
                new Thrown("as a cause", new IllegalStateException(new InterruptedException())));
    }

    @ParameterizedTest
    @MethodSource("alikeWithoutACancel")
    void exceptionOfAnInterrupt_withoutACancel_isAFailure(Thrown thrown) throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var job = jobs.spawn("job", () -> {
                throw Outcomes.sneak(thrown.thrown());
            });
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Failed<>(thrown.thrown()));
            assertThat(failures.await(1).getFirst().failure()).isSameAs(thrown.thrown());
        }
        assertThat(failures.reports()).hasSize(1);
    }
}
