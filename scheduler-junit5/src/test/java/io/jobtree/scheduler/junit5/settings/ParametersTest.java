package io.jobtree.scheduler.junit5.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.CapturedLog;
import io.jobtree.scheduler.junit5.fixture.Platform;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

final class ParametersTest {
    @Test
    void unknown_namesTheNearest() {
        assertThat(Parameters.unknown("jobtree.leaks.graec"))
                .isEqualTo("Configuration parameter jobtree.leaks.graec is read by nobody;"
                        + " did you mean jobtree.leaks.grace?");
        assertThat(Parameters.unknown("jobtree.leaks.maxreported")).contains("jobtree.leaks.maxReported?");
        assertThat(Parameters.unknown("jobtree.leaks.treads")).contains("jobtree.leaks.threads?");
    }

    @Test
    void unknown_isWarnedOfOnce() {
        var log = new CapturedLog();
        try (log) {
            Parameters.warnOfUnknown(List.of("jobtree.leaks.scpoe", "jobtree.leaks.scope", "other.scpoe"));
            Parameters.warnOfUnknown(List.of("jobtree.leaks.scpoe"));
        }
        assertThat(log.text())
                .isEqualTo("Configuration parameter jobtree.leaks.scpoe is read by nobody;"
                        + " did you mean jobtree.leaks.scope?");
    }

    @Test
    void unknown_withAMistypedPrefix_isWarnedOf() {
        var log = new CapturedLog();
        try (log) {
            Parameters.warnOfUnknown(
                    List.of("jobtree.leak.mode", "jobtree.job.mode", "jobtrees.lists.mode", "java.io"));
        }
        assertThat(log.text())
                .isEqualTo("Configuration parameter jobtree.leak.mode is read by nobody;"
                        + " did you mean jobtree.leaks.mode?");
    }

    /// The launcher's listener is found without being registered.
    @Test
    void unknown_givenToTheLauncher_isWarnedOf() {
        var log = new CapturedLog();
        try (log) {
            LauncherFactory.create()
                    .execute(LauncherDiscoveryRequestBuilder.request()
                            .selectors(DiscoverySelectors.selectClass(Platform.UsesASingleton.class))
                            .configurationParameter("jobtree.leaks.afetr", "leave")
                            .build());
        }
        assertThat(log.text()).contains("did you mean jobtree.leaks.after?");
    }
}
