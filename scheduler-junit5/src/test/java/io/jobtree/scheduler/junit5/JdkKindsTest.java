package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.JdkKinds;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the JDK makes that ends by itself, hides in something else, or is for the whole process.
final class JdkKindsTest {
    @AfterEach
    void end() {
        JdkKinds.end();
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            classes = {JdkKinds.UsesAStaticExecutorOfAnotherClass.class, JdkKinds.UsesALazyExecutorOfAnotherClass.class
            })
    void executorThatAnotherClassHolds_failsNothing(Class<?> suite) throws Exception {
        assertThat(ChildJvm.run(List.of(), List.of(), suite)).doesNotContain("(): 1 open executor leaked");
        assertThat(ChildJvm.runWithAgent(suite)).doesNotContain("(): 1 open executor leaked");
    }

    @Test
    void executorThatTheTestClassHolds_failsTheClass() {
        assertThat(Outcomes.run(JdkKinds.HoldsAnExecutor.class).bad()).isEqualTo("HoldsAnExecutor: leaked");
    }

    @Tag("slow")
    @Test
    void threadOfTheSystemGroup_isTheTests() throws Exception {
        Outcomes outcomes = Outcomes.run(JdkKinds.LeavesAThreadOfTheSystemGroup.class);
        assertThat(outcomes.bad()).isEqualTo("leaves: leaked");
        assertThat(outcomes.thrown("leaves")).hasMessageContaining("thread \"of-the-system-group\"");
        assertThat(ChildJvm.runWithAgent(JdkKinds.LeavesAThreadOfTheSystemGroup.class))
                .contains("leaves(): 1 thread leaked");
    }

    @Tag("slow")
    @Test
    void channelGroup_isTheTests_andItsTextSaysWhatEndsIt() throws Exception {
        Outcomes outcomes = Outcomes.run(JdkKinds.LeavesAChannelGroup.class);
        assertThat(outcomes.bad()).isEqualTo("LeavesAChannelGroup: leaked");
        assertThat(outcomes.thrown("LeavesAChannelGroup"))
                .hasMessageContaining("ThreadPoolExecutor 'channels-%d', 2 threads")
                .hasMessageContaining("1. shut down the AsynchronousChannelGroup used at JdkKinds.java:");
        assertThat(ChildJvm.runWithAgent(JdkKinds.LeavesAChannelGroup.class))
                .contains("1 open executor leaked from JdkKinds.LeavesAChannelGroup")
                .contains("1. shut down the AsynchronousChannelGroup opened at JdkKinds.java:");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(classes = {JdkKinds.ForgetsATimer.class, JdkKinds.ForgetsACleaner.class})
    void whatEndsWhenItIsForgotten_failsNothing(Class<?> suite) throws Exception {
        assertThat(Outcomes.run(suite).bad()).isEmpty();
        assertThat(ChildJvm.runWithAgent(suite)).doesNotContain("leaked from");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            classes = {
                JdkKinds.EndsAVirtualThreadAfterAll.class,
                JdkKinds.StopsAServerAfterAll.class,
                JdkKinds.ShutsAChannelGroupDownAfterAll.class
            })
    void whatAFieldOfTheClassHolds_mayEndAfterAll(Class<?> suite) throws Exception {
        assertThat(Outcomes.of(Kit.autoDetected(suite).configurationParameter("jobtree.leaks.grace", "30000"))
                        .bad())
                .isEmpty();
        assertThat(ChildJvm.run(List.of("-javaagent:" + ChildJvm.agent(), "-Dgrace=30000"), List.of(), suite))
                .doesNotContain("leaked from");
    }

    @Tag("slow")
    @Test
    void threadsThatInheritNothing_andAnotherClassHolds_failNothing() throws Exception {
        try (var log = new CapturedLog()) {
            assertThat(Outcomes.run(JdkKinds.UsesWhatAnotherClassHolds.class).bad())
                    .isEmpty();
            assertThat(log.text())
                    .contains("\"HTTP-Dispatcher\"")
                    // Other tests of this JVM may have had servers too.
                    .containsPattern("held by   ([\\w.]+\\.server or )*JdkKinds\\.Shared\\.server")
                    .contains("\"shared-platform\"", "held by   JdkKinds.Shared.platform");
        } finally {
            JdkKinds.stopShared();
        }
        assertThat(ChildJvm.runWithAgent(JdkKinds.UsesWhatAnotherClassHolds.class))
                .doesNotContain("(): 1 thread")
                .contains("held by   JdkKinds.Shared.server");
    }

    @Test
    void serverOfTheTestClass_failsTheClass() {
        try {
            assertThat(Outcomes.run(JdkKinds.LeavesAServer.class).bad()).isEqualTo("LeavesAServer: leaked");
        } finally {
            JdkKinds.LeavesAServer.stop();
        }
    }

    @Tag("slow")
    @Test
    void watchService_failsItsClass_whateverPathAnotherClassHolds_withTheAgent() throws Exception {
        assertThat(ChildJvm.runWithAgent(JdkKinds.LeavesAWatchServiceOfAnotherClass.class))
                .contains("1 thread leaked from JdkKinds.LeavesAWatchServiceOfAnotherClass: \"FileSystemWatchService\"")
                .doesNotContain("held by");
    }

    @Tag("slow")
    @Test
    void mockOfAThread_isNone_withTheAgent() throws Exception {
        assertThat(ChildJvm.runWithAgent(JdkKinds.StartsAMock.class)).contains("starts(): ok");
    }

    @Test
    void poolThatIsSpied_isTheTests() {
        assertThat(Outcomes.run(JdkKinds.LeavesASpiedPool.class).bad()).isEqualTo("LeavesASpiedPool: leaked");
    }

    @Tag("slow")
    @Test
    void timerWithATask_failsItsTest() throws Exception {
        assertThat(Outcomes.run(JdkKinds.LeavesATimerWithATask.class).bad()).isEqualTo("leaves: leaked");
        assertThat(ChildJvm.runWithAgent(JdkKinds.LeavesATimerWithATask.class)).contains("leaves(): 1 timer leaked");
    }
}
