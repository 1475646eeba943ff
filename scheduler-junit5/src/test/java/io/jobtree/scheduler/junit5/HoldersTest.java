package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.Holders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// What a library's static fields have nothing to do with is the test's.
final class HoldersTest {
    @AfterAll
    static void end() {
        Holders.end();
    }

    private static String bad(Class<?> suite) {
        return Outcomes.run(suite).bad();
    }

    @Test
    void terminatedExecutor_holdsNoThread() {
        assertThat(bad(Holders.UsesALibraryWithATerminatedExecutor.class))
                .isEqualTo("UsesALibraryWithATerminatedExecutor: leaked");
    }

    @Test
    void weakReference_holdsNothing() {
        assertThat(bad(Holders.UsesALibraryThatTracksWeakly.class)).isEqualTo("leaves: leaked");
    }

    @Test
    void eventLoop_isNotKnown_forCodeOfItsLibrarysOnTheStack() {
        assertThat(bad(Holders.LeavesAnEventLoop.class)).isEqualTo("leaves: leaked");
    }
}
