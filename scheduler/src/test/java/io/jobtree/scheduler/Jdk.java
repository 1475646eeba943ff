package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A JDK on this machine, whose programs a test runs.
record Jdk(Path home) {
    /// The folder of further JDKs, `jdk-26` and so on, which may be missing.
    private static final Path FOLDER = Path.of(System.getProperty("jobtree.jdks", ""));

    /// What a program printed, on both streams, and how it ended.
    record Run(int exitCode, String output) {
        Run assertSucceeded() {
            assertThat(exitCode).as(output).isZero();
            return this;
        }
    }

    /// The one that runs this test.
    static Jdk own() {
        return new Jdk(Path.of(System.getProperty("java.home")));
    }

    /// The one that runs this test first, and the further ones.
    static List<Jdk> found() throws IOException {
        var found = new ArrayList<Jdk>();
        found.add(own());
        found.addAll(others());
        return found;
    }

    static List<Jdk> others() throws IOException {
        if (FOLDER.toString().isEmpty() || !Files.isDirectory(FOLDER)) {
            return List.of();
        }
        try (Stream<Path> homes = Files.list(FOLDER)) {
            return homes.filter(home -> home.getFileName().toString().matches("jdk-\\d+"))
                    .filter(home -> Files.isExecutable(home.resolve("bin", "java")))
                    .filter(home -> !home.equals(own().home()))
                    .sorted()
                    .map(Jdk::new)
                    .toList();
        }
    }

    Run java(Path directory, List<String> arguments) throws IOException, InterruptedException {
        return run(directory, "java", arguments);
    }

    /// Runs one of its programs, in a directory that takes its output too.
    Run run(Path directory, String program, List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(home.resolve("bin", program).toString());
        command.addAll(arguments);
        var output = Files.createTempFile(directory, program, ".txt");
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended;
        try {
            ended = process.waitFor(120, TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly();
        }
        assertThat(ended)
                .as("%s ended; it printed %s", program, Files.readString(output))
                .isTrue();
        return new Run(process.exitValue(), Files.readString(output));
    }

    @Override
    public String toString() {
        return home.getFileName().toString();
    }
}
