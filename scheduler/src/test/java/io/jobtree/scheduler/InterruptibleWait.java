package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
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
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Hashtable;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.InitialDirContext;

/// A body that waits in one of the JDK's ways until it is interrupted, and lets out whatever that throws; with a name.
record InterruptibleWait(String name, JobAction body) {
    /// A wait of each kind: a socket, a file, a lock, a future.
    private static final Set<String> SOME =
            Set.of("Socket.read", "FileChannel", "Lock.lockInterruptibly", "Future.get");

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private static ServerSocket server() throws IOException {
        return new ServerSocket(0, 50, LOOPBACK);
    }

    static Stream<InterruptibleWait> some() {
        return all().filter(wait -> SOME.contains(wait.toString()));
    }

    static Stream<InterruptibleWait> others() {
        return all().filter(wait -> !SOME.contains(wait.toString()));
    }

    static Stream<InterruptibleWait> all() {
        return Stream.of(
                new InterruptibleWait("Socket.read", () -> {
                    try (var server = server();
                            var socket = new Socket(LOOPBACK, server.getLocalPort())) {
                        socket.getInputStream().read();
                    }
                }),
                new InterruptibleWait("Socket.read with a timeout", () -> {
                    try (var server = server();
                            var socket = new Socket(LOOPBACK, server.getLocalPort())) {
                        socket.setSoTimeout(60_000);
                        socket.getInputStream().read();
                    }
                }),
                new InterruptibleWait("ServerSocket.accept", () -> {
                    try (var server = server()) {
                        server.accept();
                    }
                }),
                new InterruptibleWait("DatagramSocket.receive", () -> {
                    try (var socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
                        socket.receive(new DatagramPacket(new byte[8], 8));
                    }
                }),
                new InterruptibleWait("URLConnection", () -> {
                    try (var server = server()) {
                        silent(server).toURL().openStream().read();
                    }
                }),
                new InterruptibleWait("HttpClient.send", () -> {
                    try (var server = server();
                            var client = HttpClient.newHttpClient()) {
                        client.send(
                                HttpRequest.newBuilder(silent(server)).build(), HttpResponse.BodyHandlers.ofString());
                    }
                }),
                new InterruptibleWait("a directory client", () -> {
                    try (var server = new ServerSocket(0, 50, LOOPBACK)) {
                        lookUp("ldap://" + LOOPBACK.getHostAddress() + ":" + server.getLocalPort());
                    }
                }),
                new InterruptibleWait("SocketChannel.read", () -> {
                    try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
                            var channel = SocketChannel.open(server.getLocalAddress())) {
                        channel.read(ByteBuffer.allocate(8));
                    }
                }),
                new InterruptibleWait("ServerSocketChannel.accept", () -> {
                    try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
                        server.accept();
                    }
                }),
                new InterruptibleWait("DatagramChannel.receive", () -> {
                    try (var channel = DatagramChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
                        channel.receive(ByteBuffer.allocate(8));
                    }
                }),
                new InterruptibleWait("the socket of a channel", () -> {
                    try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
                        server.socket().accept();
                    }
                }),
                new InterruptibleWait("Pipe", () -> {
                    var pipe = Pipe.open();
                    try (var source = pipe.source();
                            var sink = pipe.sink()) {
                        assertThat(sink.isOpen()).isTrue();
                        source.read(ByteBuffer.allocate(8));
                    }
                }),
                new InterruptibleWait("FileChannel", () -> {
                    var file = Files.createTempFile("echo", ".txt");
                    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        while (true) {
                            channel.write(ByteBuffer.wrap(new byte[8]), 0);
                        }
                    } finally {
                        Files.delete(file);
                    }
                }),
                new InterruptibleWait("FileChannel.lock", () -> {
                    var file = Files.createTempFile("echo", ".txt");
                    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        while (true) {
                            channel.lock().release();
                        }
                    } finally {
                        Files.delete(file);
                    }
                }),
                new InterruptibleWait("PipedInputStream", () -> {
                    try (var in = new PipedInputStream();
                            var out = new PipedOutputStream(in)) {
                        out.flush();
                        in.read();
                    }
                }),
                new InterruptibleWait("Process.waitFor", () -> {
                    var process = new ProcessBuilder("sleep", "60").start();
                    try {
                        process.waitFor();
                    } finally {
                        process.destroyForcibly();
                    }
                }),
                new InterruptibleWait("Lock.lockInterruptibly", () -> {
                    var lock = new ReentrantLock();
                    Actor.start(ThreadKind.PLATFORM, () -> {
                                lock.lock();
                                return 1;
                            })
                            .result();
                    lock.lockInterruptibly();
                }),
                new InterruptibleWait("BlockingQueue.take", () -> new ArrayBlockingQueue<Integer>(1).take()),
                new InterruptibleWait("SynchronousQueue.put", () -> new SynchronousQueue<Integer>().put(1)),
                new InterruptibleWait("Exchanger", () -> new Exchanger<Integer>().exchange(1)),
                new InterruptibleWait("CyclicBarrier", () -> new CyclicBarrier(2).await()),
                new InterruptibleWait("Semaphore", () -> new Semaphore(0).acquire()),
                new InterruptibleWait("Phaser", () -> new Phaser(1).awaitAdvanceInterruptibly(0)),
                new InterruptibleWait("Future.get", () -> new FutureTask<>(() -> 1).get()),
                new InterruptibleWait("Thread.sleep", () -> Thread.sleep(Duration.ofMinutes(1))),
                new InterruptibleWait(
                        "Thread.join",
                        () -> Actor.start(ThreadKind.VIRTUAL, () -> new Door().passIgnoringInterrupts())
                                .thread()
                                .join()),
                new InterruptibleWait("InterruptedException as the cause of the cause", () -> {
                    try {
                        new Door().pass();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("wrapped", new ExecutionException("again", e));
                    }
                }),
                new InterruptibleWait("ClosedByInterruptException in an unchecked one", () -> {
                    try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
                        server.accept();
                    } catch (ClosedByInterruptException e) {
                        throw new UncheckedIOException(e);
                    }
                }),
                new InterruptibleWait("Socket.read in an unchecked one", () -> {
                    try (var server = server();
                            var socket = new Socket(LOOPBACK, server.getLocalPort())) {
                        socket.getInputStream().read();
                    } catch (SocketException e) {
                        throw new CompletionException(new UncheckedIOException(e));
                    }
                }),
                new InterruptibleWait("InterruptedIOException", () -> {
                    try {
                        new Door().pass();
                    } catch (InterruptedException e) {
                        throw new InterruptedIOException("stopped");
                    }
                }),
                new InterruptibleWait("InterruptedException with one suppressed", () -> {
                    try (AutoCloseable broken = InterruptibleWait::closeBadly) {
                        assertThat(broken).isNotNull();
                        new Door().pass();
                    }
                }));
    }

    @SuppressWarnings("JdkObsolete") // which the API asks for
    private static void lookUp(String url) throws NamingException {
        var settings = new Hashtable<String, String>();
        settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
        settings.put(Context.PROVIDER_URL, url);
        new InitialDirContext(settings).close();
    }

    private static void closeBadly() throws IOException {
        throw new IOException("close failed");
    }

    private static URI silent(ServerSocket server) {
        return URI.create("http://" + LOOPBACK.getHostAddress() + ":" + server.getLocalPort() + "/");
    }

    @Override
    public String toString() {
        return name;
    }
}
