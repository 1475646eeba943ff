package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;

/// Compiles a user's program, without the preview flag, and runs it in a JVM of its own.
record ForkedJvm(int exitCode, String output) {
    private static final String NAME = "Program";

    /// Compiles and runs a program that is called `Program`.
    static ForkedJvm run(Path directory, String source, String... options) throws Exception {
        compile(directory, source);
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classes() + File.pathSeparator + directory, NAME));
        return run(directory, command);
    }

    private static ForkedJvm run(Path directory, List<String> command) throws IOException, InterruptedException {
        var output = directory.resolve("output.txt");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        var ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended)
                .as("the program ended; it printed %s", Files.readString(output))
                .isTrue();
        return new ForkedJvm(process.exitValue(), Files.readString(output));
    }

    private static void compile(Path directory, String source) throws IOException {
        var file = directory.resolve(NAME + ".java");
        Files.writeString(file, source);
        var printed = new ByteArrayOutputStream();
        var status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        printed,
                        printed,
                        "--release",
                        "25",
                        "-Xlint:preview",
                        "-Werror",
                        "-cp",
                        classes(),
                        "-d",
                        directory.toString(),
                        file.toString());
        assertThat(status).as("javac without the preview flag: %s", printed).isZero();
    }

    /// Where the scheduler's own classes are: a folder or a jar.
    static String classes() {
        var location = Scheduler.class.getProtectionDomain().getCodeSource().getLocation();
        return Path.of(URI.create(location.toString())).toString();
    }
}
