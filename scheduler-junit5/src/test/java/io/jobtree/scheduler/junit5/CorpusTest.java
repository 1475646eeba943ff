package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.CleanCorpus;
import io.jobtree.scheduler.junit5.fixture.LeakingCorpus;
import io.jobtree.scheduler.junit5.fixture.LeakingThreadsCorpus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/// Many tests that leak and many that do not: every leak fails its own test, and nothing else fails.
final class CorpusTest {
    private static final int RUNS = Integer.getInteger("jobtree.corpus.runs", 20);

    @Test
    void sequential_everyLeakFailsItsTest_andNoOther() {
        for (int run = 0; run < RUNS; run++) {
            check(Kit.engine(LeakingCorpus.class, LeakingThreadsCorpus.class, CleanCorpus.class));
        }
    }

    @Test
    void parallel_everyLeakFailsItsTest_andNoOther() {
        for (int run = 0; run < RUNS; run++) {
            check(Kit.parallel(LeakingCorpus.class, LeakingThreadsCorpus.class, CleanCorpus.class));
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
        String swept = "";
        Set<String> unattributed = new HashSet<>();
        int leaked = 0;
        int clean = 0;
        for (Event event : finished) {
            String method = event.getTestDescriptor().getDisplayName().replaceAll("\\(.*", "");
            String id = event.getTestDescriptor().getUniqueId().toString();
            String outcome = outcome(event);
            if (!event.getTestDescriptor().isTest()) {
                swept += outcome;
            } else if (!id.contains("Leaking")) {
                clean++;
                addIf(!outcome.isEmpty(), wrong, method + " should be clean, but: " + outcome);
            } else if (outcome.isEmpty() && id.contains("LeakingThreads")) {
                leaked++;
                unattributed.add(method);
            } else {
                leaked++;
                addIf(!isTold(outcome, method), wrong, method + " should have leaked, but: " + outcome);
            }
        }
        judgeSwept(swept, unattributed, wrong);
        assertThat(wrong).isEmpty();
        assertThat(leaked).isGreaterThanOrEqualTo(40);
        assertThat(clean).isGreaterThanOrEqualTo(40);
    }

    /// A thread whose test could not be told for certain is reported at the end of the session.
    private static void judgeSwept(String swept, Set<String> unattributed, List<String> wrong) {
        for (String method : unattributed) {
            addIf(!swept.contains(method), wrong, method + " should have leaked, but nothing says so");
        }
        addIf(unattributed.isEmpty() && !swept.isEmpty(), wrong, "containers should be clean, but: " + swept);
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

    private static boolean isTold(String outcome, String method) {
        return outcome.startsWith(LeakedJobsError.class.getName())
                && outcome.lines().findFirst().orElse("").contains("leaked from ")
                && outcome.contains("Corpus." + method)
                && isNamed(outcome, method);
    }

    /// What leaked bears the test's name.
    private static boolean isNamed(String message, String method) {
        return message.contains("/" + method) || message.contains("'" + method) || message.contains("\"" + method);
    }
}
