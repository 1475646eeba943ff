package io.jobtree.hashtree;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.temporal.internal.testservice.GRPCServerHelper;
import io.temporal.internal.testservice.TestServicesStarter;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// JVMs that hash, and the server between them and the program.
final class Workers implements AutoCloseable {
    private static final String IN_MEMORY = "the server is in this process and in memory: all is lost with it, and no"
            + " other machine can help; for that, run a Temporal server and name it with --server HOST:PORT";

    private final List<Process> processes = new ArrayList<>();
    private final @Nullable InProcess own;
    private final String server;

    private Workers(@Nullable InProcess own, String server) {
        this.own = own;
        this.server = server;
    }

    /// Starts workers, and a server if none is named.
    static Workers start(int count, @Nullable String named, Screen screen) throws IOException {
        if (named != null) {
            return new Workers(null, named).started(count);
        }
        screen.complain(IN_MEMORY);
        var own = new InProcess();
        return new Workers(own, own.address()).started(count);
    }

    private Workers started(int count) throws IOException {
        try {
            for (int i = 0; i < count; i++) {
                startOne();
            }
            return this;
        } catch (IOException failure) {
            close();
            throw failure;
        }
    }

    private void startOne() throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = System.getProperty("java.class.path");
        var flags = List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
        var command = new ArrayList<>(List.of(java));
        command.addAll(flags);
        command.addAll(List.of("-cp", classes, HashWorker.class.getName(), server));
        processes.add(new ProcessBuilder(command)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT)
                .start());
    }

    String server() {
        return server;
    }

    @Override
    public void close() {
        for (var process : processes) {
            try {
                process.getOutputStream().close();
            } catch (IOException gone) {
                // It ended before.
            }
        }
        processes.forEach(process -> process.onExit().join());
        if (own != null) {
            own.close();
        }
    }

    /// The engine's test server; its public face listens on every address, its parts do not.
    private static final class InProcess implements AutoCloseable {
        private final TestServicesStarter services = new TestServicesStarter(true, 0);
        private final Server listening;

        InProcess() throws IOException {
            var builder = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            GRPCServerHelper.registerServicesAndHealthChecks(services.getServices(), builder);
            listening = builder.build().start();
        }

        String address() {
            return "127.0.0.1:" + listening.getPort();
        }

        @Override
        public void close() {
            listening.shutdownNow();
            services.close();
        }
    }
}
