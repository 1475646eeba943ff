package io.jobtree.hashtree;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs processes: the program as a user would, and the tools that it is compared with.
final class Program {
    private static final int PATIENCE_SECONDS = 300;
    private static final int KILLED = 128 + 9;

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>(Map.of("LC_ALL", "C.UTF-8"));

    private Program(Path directory) {
        this.directory = directory;
    }

    /// Runs what comes in a working directory, in the locale `C.UTF-8`.
    static Program in(Path directory) {
        return new Program(directory);
    }

    Program withEnvironment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /// The command line of the program in this JVM's Java and class path, with both signals at their defaults,
    /// whatever started the tests.
    static List<String> hashtreeCommand(String... arguments) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of("env", "--default-signal=INT,TERM", java, "-Xmx256m"));
        Collections.addAll(
                command, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"));
        command.add(HashTree.class.getName());
        Collections.addAll(command, arguments);
        return command;
    }

    Result hashtree(String... arguments) {
        return run(hashtreeCommand(arguments).toArray(String[]::new));
    }

    /// What the program's output is measured by. `-r`: without files, `sha256sum` would hash its standard
    /// input.
    Result sha256sum(String... directories) {
        return shell("find \"$@\" -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum --", directories);
    }

    Result shell(String script, String... arguments) {
        var command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        Collections.addAll(command, arguments);
        return run(command.toArray(String[]::new));
    }

    Result run(String... command) {
        return start(command).end();
    }

    Running start(String... command) {
        try {
            var builder = new ProcessBuilder(command).directory(directory.toFile());
            builder.redirectInput(new File("/dev/null"));
            builder.environment().putAll(environment);
            return new Running(builder.start(), Arrays.toString(command));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// What a process left.
    ///
    /// @param exitCode its exit code
    /// @param out its standard output, a byte string
    /// @param err its standard error, a byte string
    record Result(int exitCode, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    /// A process, whose standard error is read all the time and whose standard output when asked for.
    static final class Running {
        private final Process process;
        private final String command;
        private final CompletableFuture<String> err;
        private final StringBuilder out = new StringBuilder();

        private Running(Process process, String command) {
            this.process = process;
            this.command = command;
            var killed = CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            killed.execute(process::destroyForcibly);
            this.err =
                    CompletableFuture.supplyAsync(() -> readAll(process.getErrorStream()), Thread::startVirtualThread);
        }

        /// Waits for one line of standard output.
        String line() {
            try {
                int start = out.length();
                int c;
                do {
                    c = process.getInputStream().read();
                    out.append((char) c);
                } while (c >= 0 && c != '\n');
                return out.substring(start);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        /// The processes that it has started.
        List<ProcessHandle> children() {
            return process.children().toList();
        }

        void signal(String name) {
            Program.in(Path.of(".")).run("kill", "-s", name, String.valueOf(process.pid()));
        }

        /// Whether it has begun to end: it has the thread that holds the exit, or is over.
        boolean isEnding() {
            try (var threads = Files.newDirectoryStream(Path.of("/proc", String.valueOf(process.pid()), "task"))) {
                for (var thread : threads) {
                    if (Files.readString(thread.resolve("comm")).startsWith("last-words")) {
                        return true;
                    }
                }
                return false;
            } catch (IOException gone) {
                return !process.isAlive();
            }
        }

        void closeOutput() throws IOException {
            process.getInputStream().close();
        }

        /// Waits for the end.
        Result end() {
            out.append(readAll(process.getInputStream()));
            return ended();
        }

        /// Waits for the end without reading standard output.
        Result ended() {
            var exitCode = process.onExit().join().exitValue();
            if (exitCode == KILLED) {
                throw new AssertionError("killed, after " + PATIENCE_SECONDS + " s or by another: " + command);
            }
            return new Result(exitCode, out.toString(), err.join());
        }

        private static String readAll(InputStream stream) {
            try (stream) {
                return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
