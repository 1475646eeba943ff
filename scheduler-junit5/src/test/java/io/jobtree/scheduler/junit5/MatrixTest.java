package io.jobtree.scheduler.junit5;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs all other tests of this module, compiled against the oldest JUnit, on newer ones, each in a process of its
/// own.
final class MatrixTest {
    private static final String CORPUS_RUNS = "2";

    @Test
    void thisRun_isOnTheOldest() {
        assertThat(classPath()).anyMatch(entry -> entry.endsWith("junit-jupiter-api-5.12.2.jar"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5.14.4", "6.1.3"})
    @Tag("full")
    void allTests_pass(String version) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djobtree.corpus.runs=" + CORPUS_RUNS,
                "-Djava.util.logging.config.file=" + System.getProperty("java.util.logging.config.file", ""),
                "-cp",
                String.join(File.pathSeparator, classPathOn(version)),
                RunTests.class.getName()));
        command.addAll(testClasses());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).containsPattern("\\d+ succeeded, 0 failed");
    }

    private static List<String> classPathOn(String version) throws IOException {
        Path folder = Path.of(System.getProperty("jobtree.matrix", "target/matrix"), version);
        List<String> entries = new ArrayList<>();
        try (Stream<Path> jars = Files.list(folder)) {
            jars.map(Path::toString).forEach(entries::add);
        }
        assertThat(entries).as("the jars of JUnit %s", version).hasSize(7);
        classPath().stream()
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("junit-"))
                .forEach(entries::add);
        return entries;
    }

    private static List<String> classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return List.of(all.split(File.pathSeparator));
    }

    private static List<String> testClasses() throws Exception {
        Path root = Path.of(MatrixTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith("Test.class") && !name.contains("$"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace(File.separatorChar, '.'))
                    .filter(name -> name.startsWith("io.jobtree.") && !name.equals(MatrixTest.class.getName()))
                    .sorted()
                    .toList();
        }
    }
}
