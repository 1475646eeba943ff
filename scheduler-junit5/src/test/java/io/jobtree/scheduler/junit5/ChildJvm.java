package io.jobtree.scheduler.junit5;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Runs suites by auto-detection in a JVM of its own, with [RunWatched].
final class ChildJvm {
    private ChildJvm() {}

    static String agent() {
        return List.of(classPath().split(File.pathSeparator)).stream()
                .filter(entry -> entry.contains("scheduler-junit5-agent") && entry.endsWith(".jar"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the agent's jar is not on the class path: " + classPath()));
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    static String classPathWithout(String artifact) {
        return Stream.of(classPath().split(File.pathSeparator))
                .filter(entry -> !entry.contains(artifact))
                .collect(Collectors.joining(File.pathSeparator));
    }

    static String run(List<String> options, List<String> parameters, Class<?>... suites) throws Exception {
        return run(classPath(), options, parameters, suites);
    }

    static String runWithAgent(Class<?>... suites) throws Exception {
        return run(List.of("-javaagent:" + agent()), List.of(), suites);
    }

    /// @param options of the JVM
    /// @param parameters of JUnit, `name=value`
    static String run(String classPath, List<String> options, List<String> parameters, Class<?>... suites)
            throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It lives for seconds: no time for C2.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, RunWatched.class.getName()));
        command.addAll(parameters);
        for (Class<?> suite : suites) {
            command.add(suite.getName());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
