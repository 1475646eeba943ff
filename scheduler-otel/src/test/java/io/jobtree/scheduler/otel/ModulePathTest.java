package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.modulepath.ModulePathProgram;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On the module path the version is known, and the services are found.
final class ModulePathTest {
    private static final String MODULE = "io.jobtree.scheduler.otel";

    @TempDir
    Path directory;

    @Test
    void onTheModulePath_thereIsAVersion_andTheTelemetryIsFound() throws Exception {
        var parts = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .collect(Collectors.partitioningBy(ModulePathTest::isModule));
        var options = List.of(
                "--module-path",
                String.join(File.pathSeparator, parts.get(true)),
                "--add-modules",
                MODULE + ",io.opentelemetry.sdk.testing",
                "-classpath",
                String.join(File.pathSeparator, parts.get(false)));
        try (var jvm = new Jvm(directory, options, List.of(ModulePathProgram.class.getName()))) {
            assertThat(jvm.awaitEnd()).as(jvm.printed()).isZero();
            assertThat(jvm.printed())
                    .contains("module " + MODULE)
                    .containsPattern("version \\d+\\.\\d+")
                    .contains("found " + MODULE + ".autoconfigure.AutoTelemetry");
        }
    }

    /// The module, and what it needs; what tests need besides stays on the class path.
    private static boolean isModule(String entry) {
        var path = entry.replace(File.separatorChar, '/');
        return Map.of("opentelemetry-", !path.contains("opentelemetry-proto"), "jspecify", true).entrySet().stream()
                        .anyMatch(part -> path.contains("/" + part.getKey()) && part.getValue())
                || entry.equals(location(JobTelemetry.class))
                || entry.equals(location(io.jobtree.scheduler.Scheduler.class));
    }

    private static String location(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString();
    }
}
