package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.KnownNames;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A name is not enough to know a thread by: a test may give its own the name of one of the JDK's.
final class KnownNamesTest {
    @AfterEach
    void end() {
        KnownNames.end();
    }

    @Test
    void threadOfATest_failsIt_whateverItsName() {
        // JUnit 6 quotes an argument in the name of its test.
        assertThat(Outcomes.run(KnownNames.OfATest.class).bad().replace("\"", ""))
                .isEqualTo("main: leaked, JMX poller: leaked, RMI client: leaked, JFR exporter: leaked,"
                        + " process reaper of mine: leaked, junit-server: leaked, OkHttp poller: leaked");
    }

    @Test
    void poolOfATest_failsItsClass_whateverItsThreadsAreCalled() {
        assertThat(Outcomes.run(KnownNames.OfItsPool.class).bad()).isEqualTo("OfItsPool: leaked");
    }

    @Test
    void bothFail_withTheAgent() throws Exception {
        assertThat(ChildJvm.runWithAgent(KnownNames.OfATest.class, KnownNames.OfItsPool.class))
                .contains("\"main\"", "\"process reaper of mine\"")
                .contains("1 open executor leaked from KnownNames.OfItsPool.leaves: ThreadPoolExecutor 'JMX poller'");
    }

    @Test
    void whatTheJdkStarts_failsNothing() throws Exception {
        assertThat(Outcomes.run(KnownNames.OfTheJdk.class).bad()).isEmpty();
        assertThat(ChildJvm.runWithAgent(KnownNames.OfTheJdk.class)).doesNotContain("leaked from");
    }
}
