package io.jobtree.scheduler.temporal;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.temporal.internal.testservice.GRPCServerHelper;
import io.temporal.internal.testservice.TestServicesStarter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// The engine's test server, in memory, with real connections on loopback.
final class LoopbackServer implements AutoCloseable {
    private final TestServicesStarter services = new TestServicesStarter(true, 0);
    private int port;
    private @Nullable Server listening;

    LoopbackServer() {
        listen();
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /// Listens, again where it did before.
    void listen() {
        try {
            var builder = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            GRPCServerHelper.registerServicesAndHealthChecks(services.getServices(), builder);
            var server = builder.build().start();
            port = server.getPort();
            listening = server;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Is gone, and keeps what it knows.
    void goAway() {
        if (listening != null) {
            listening.shutdownNow();
        }
    }

    @Override
    public void close() {
        goAway();
        services.close();
    }
}
