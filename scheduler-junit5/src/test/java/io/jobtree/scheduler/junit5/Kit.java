package io.jobtree.scheduler.junit5;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.stream.Stream;
import org.junit.platform.engine.discovery.ClassSelector;
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

    static EngineExecutionResults run(Class<?>... fixtures) {
        return engine(fixtures).execute();
    }
}
