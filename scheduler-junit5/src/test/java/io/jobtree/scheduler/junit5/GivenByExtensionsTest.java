package io.jobtree.scheduler.junit5;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.GivenByExtensions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What extensions give to tests, or start for all of them, is theirs to end, however they came to be registered.
final class GivenByExtensionsTest {
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            classes = {
                GivenByExtensions.ToAParameter.class,
                GivenByExtensions.ToAMethod.class,
                GivenByExtensions.ToAField.class
            })
    void whatAnExtensionGives_failsNothing(Class<?> suite) throws Exception {
        assertThat(Outcomes.run(suite).bad()).isEmpty();
        assertThat(ChildJvm.runWithAgent(suite)).doesNotContain("leaked from");
    }

    @Tag("slow")
    @Test
    void whatAnAutoDetectedExtensionGives_failsNothing_andWhatATestMakesDoes(@TempDir Path folder) throws Exception {
        String classPath = services(folder) + File.pathSeparator + ChildJvm.classPath();
        for (List<String> options : List.of(List.<String>of(), List.of("-javaagent:" + ChildJvm.agent()))) {
            assertThat(ChildJvm.run(classPath, options, List.of(), GivenByExtensions.ByAutoDetection.class))
                    .contains("uses(): ok")
                    .doesNotContain("leaked from");
            assertThat(ChildJvm.run(classPath, options, List.of(), GivenByExtensions.LeavesAPool.class))
                    .contains("1 open executor leaked from GivenByExtensions.LeavesAPool")
                    .contains("ThreadPoolExecutor 'own-%d'");
        }
    }

    private static Path services(Path folder) throws IOException {
        Path file = folder.resolve("META-INF/services").resolve(Extension.class.getName());
        Files.createDirectories(file.getParent());
        return Files.writeString(file, GivenByExtensions.PoolResolver.class.getName() + "\n", UTF_8)
                .getParent()
                .getParent()
                .getParent();
    }

    @Test
    void serverOfAnExtension_whoseThreadInheritsNothing_isLogged_andFailsNothing() {
        try (var log = new CapturedLog()) {
            assertThat(Outcomes.run(GivenByExtensions.HasAServerOfTheJdk.class).bad())
                    .isEmpty();
            assertThat(log.text()).contains("Left when all tests were over").contains("HTTP-Dispatcher");
        } finally {
            GivenByExtensions.end();
        }
    }

    @Tag("slow")
    @Test
    void virtualThreadsOfAnExtension_areLogged_andFailNothing() throws Exception {
        for (List<String> options : List.of(List.<String>of(), List.of("-javaagent:" + ChildJvm.agent()))) {
            assertThat(ChildJvm.run(options, List.of(), GivenByExtensions.HasAServerOfVirtualThreads.class))
                    .contains("JUnit Jupiter(): ok")
                    .contains("Left when all tests were over")
                    .contains("acceptor");
        }
    }
}
