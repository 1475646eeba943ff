package io.jobtree.scheduler.junit5;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.reporting.OutputDirectoryProvider;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/// Runs fixtures, with no configuration from outside.
final class Kit {
    private Kit() {}

    static EngineTestKit.Builder engine(Class<?>... fixtures) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(Stream.of(fixtures).map(type -> selectClass(type)).toArray(ClassSelector[]::new))
                .enableImplicitConfigurationParameters(false);
    }

    static EngineTestKit.Builder parallel(Class<?>... fixtures) {
        return engine(fixtures)
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4");
    }

    static EngineTestKit.Builder autoDetected(Class<?>... fixtures) {
        return engine(fixtures).configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true");
    }

    /// Published files go to that folder, in one of its own for each test and class.
    static EngineTestKit.Builder publishingTo(Path folder, Class<?>... fixtures) {
        return engine(fixtures).outputDirectoryProvider(new OutputDirectoryProvider() {
            @Override
            public Path getRootDirectory() {
                return folder;
            }

            @Override
            public Path createOutputDirectory(TestDescriptor descriptor) throws IOException {
                return Files.createDirectories(
                        folder.resolve(descriptor.getDisplayName().replaceAll("\\W|.*\\$", "")));
            }
        });
    }

    static EngineExecutionResults run(Class<?>... fixtures) {
        return engine(fixtures).execute();
    }
}
