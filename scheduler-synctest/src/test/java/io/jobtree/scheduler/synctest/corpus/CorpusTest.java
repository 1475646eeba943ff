package io.jobtree.scheduler.synctest.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.jobtree.scheduler.synctest.Bubble;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each bug is found within its number of schedules, its seed finds it again, and the code without it passes them all.
public final class CorpusTest {
    static Stream<Case> cases() {
        return Stream.of(Classics.all(), LibraryBugs.all()).flatMap(List::stream);
    }

    @Test
    void thereAreFifteenClassicsAndNineOfLibraries() {
        assertThat(Classics.all()).hasSize(15);
        assertThat(LibraryBugs.all()).hasSize(9);
    }

    @ParameterizedTest
    @MethodSource("cases")
    @SuppressWarnings("SystemOut")
    void isFoundAndReplayed(Case bug) {
        long found = firstFailing(bug);
        System.out.println(bug + ": seed " + found);
        assertThat(found).as("seed").isBetween(0L, bug.seeds() - 1L);
        String failure = failure(found, bug.broken());
        for (int i = 0; i < 3; i++) {
            assertThat(failure(found, bug.broken())).isEqualTo(failure);
        }
    }

    private static long firstFailing(Case bug) {
        for (long seed = 0; seed < bug.seeds(); seed++) {
            if (failure(seed, bug.broken()) != null) {
                return seed;
            }
        }
        return -1;
    }

    private static @Nullable String failure(long seed, Bubble.Body body) {
        try {
            Bubble.run(seed, body);
            return null;
        } catch (Exception | AssertionError failure) {
            return failure.getClass() + firstLine(failure);
        }
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Tag("full")
    void withoutTheBug_passesAll(Case bug) {
        passes(bug, bug.seeds());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withoutTheBug_passesTen(Case bug) {
        passes(bug, 10);
    }

    private static void passes(Case bug, int seeds) {
        for (long seed = 0; seed < seeds; seed++) {
            long now = seed;
            assertThatCode(() -> Bubble.run(now, bug.fixed()))
                    .as("seed %d", seed)
                    .doesNotThrowAnyException();
        }
    }
}
