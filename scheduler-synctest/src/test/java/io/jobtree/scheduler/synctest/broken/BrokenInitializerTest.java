package io.jobtree.scheduler.synctest.broken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jobtree.scheduler.synctest.Bubble;
import org.junit.jupiter.api.Test;

/// In a package of its own, whose classes get their points here: the JVM refuses to rewrite one that could not be
/// initialized.
final class BrokenInitializerTest {
    private int count;

    private static final class Broken {
        static final int VALUE = Integer.parseInt("none");
    }

    @Test
    void aClassThatFailedToInitialize_keepsNoOtherFromItsPoints() throws Exception {
        assertThatExceptionOfType(ExceptionInInitializerError.class)
                .isThrownBy(() -> assertThat(Broken.VALUE).isZero());
        assertThat(aScheduleLosesAnIncrement()).isTrue();
    }

    private boolean aScheduleLosesAnIncrement() throws Exception {
        for (long seed = 0; seed < 100; seed++) {
            count = 0;
            Bubble.run(seed, () -> {
                Thread one = Thread.startVirtualThread(() -> count++);
                Thread two = Thread.startVirtualThread(() -> count++);
                one.join();
                two.join();
            });
            if (count == 1) {
                return true;
            }
        }
        return false;
    }
}
