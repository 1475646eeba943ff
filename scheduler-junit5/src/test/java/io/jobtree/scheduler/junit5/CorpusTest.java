package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.CleanCorpus;
import io.jobtree.scheduler.junit5.fixture.CleanHttpCorpus;
import io.jobtree.scheduler.junit5.fixture.LeakingCorpus;
import io.jobtree.scheduler.junit5.fixture.LeakingThreadsCorpus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/// Many tests that leak and many that do not: every leak fails its own test, and nothing else fails. How often in a
/// row comes from `-Djobtree.corpus.runs=20`.
final class CorpusTest {
    private static final int RUNS = Integer.getInteger("jobtree.corpus.runs", 5);

    @Test
    void sequential_everyLeakFailsItsTest_andNoOther() {
        for (int run = 0; run < RUNS; run++) {
            check(Kit.engine(
                    LeakingCorpus.class, LeakingThreadsCorpus.class, CleanCorpus.class, CleanHttpCorpus.class));
        }
    }

    /// JUnits before 6.1 have one executor only.
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"fork_join_pool", "worker_thread_pool"})
    void parallel_everyLeakFailsItsTest_andNoOther(String executor) {
        for (int run = 0; run < RUNS; run++) {
            check(Kit.parallel(
                            LeakingCorpus.class, LeakingThreadsCorpus.class, CleanCorpus.class, CleanHttpCorpus.class)
                    .configurationParameter("junit.jupiter.execution.parallel.config.executor-service", executor));
        }
    }

    private static void check(EngineTestKit.Builder corpus) {
        List<Event> finished;
        try {
            finished = corpus.execute().allEvents().finished().list();
        } finally {
            LeakingThreadsCorpus.never.countDown();
            LeakingThreadsCorpus.never = new CountDownLatch(1);
        }
        List<String> wrong = new ArrayList<>();
        int leaked = 0;
        int clean = 0;
        for (Event event : finished) {
            String method = event.getTestDescriptor().getDisplayName().replaceAll("\\(.*", "");
            String outcome = outcome(event);
            boolean isTest = event.getTestDescriptor().isTest();
            if (isTest && event.getTestDescriptor().getUniqueId().toString().contains("Leaking")) {
                leaked++;
                addIf(!isReported(outcome, method), wrong, method + " should have leaked, but: " + outcome);
            } else {
                clean += isTest ? 1 : 0;
                addIf(!outcome.isEmpty(), wrong, method + " should be clean, but: " + outcome);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(leaked).isGreaterThanOrEqualTo(40);
        assertThat(clean).isGreaterThanOrEqualTo(40);
    }

    private static void addIf(boolean holds, List<String> wrong, String text) {
        if (holds) {
            wrong.add(text);
        }
    }

    private static String outcome(Event event) {
        var result = event.getRequiredPayload(TestExecutionResult.class);
        return result.getThrowable().map(Throwable::toString).orElse("");
    }

    private static boolean isReported(String outcome, String method) {
        return outcome.startsWith(LeakedJobsError.class.getName())
                && outcome.lines().findFirst().orElse("").contains("leaked from ")
                && outcome.contains("Corpus." + method)
                && isNamed(outcome, method);
    }

    /// What leaked bears the test's name, or was created in it.
    private static boolean isNamed(String message, String method) {
        return message.contains("created   at io.jobtree.scheduler.junit5.fixture.LeakingThreadsCorpus." + method + "(")
                || message.contains("LeakingThreadsCorpus.lambda$" + method + "$")
                || message.contains("/" + method)
                || message.contains("'" + method)
                || message.contains("\"" + method);
    }
}
