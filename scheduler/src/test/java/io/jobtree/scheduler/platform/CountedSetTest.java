package io.jobtree.scheduler.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

final class CountedSetTest {
    /// As the JDK's, which counts after it has changed.
    private static final class WithoutMemory extends HashSet<String> {
        private static final long serialVersionUID = 1;
        private transient boolean isBefore;
        private transient boolean isAfter;

        @Override
        public boolean add(String element) {
            throwIf(isBefore);
            boolean added = super.add(element);
            throwIf(isAfter);
            return added;
        }

        @Override
        public boolean remove(Object element) {
            boolean wasBefore = isBefore;
            isBefore = false;
            throwIf(wasBefore);
            boolean removed = super.remove(element);
            throwIf(isAfter);
            return removed;
        }

        private static void throwIf(boolean memoryIsOut) {
            if (memoryIsOut) {
                throw new OutOfMemoryError("on purpose");
            }
        }
    }

    private final WithoutMemory elements = new WithoutMemory();
    private final CountedSet<String> set = new CountedSet<>(elements);

    @Test
    void whatIsAddedTwice_isThereOnce() {
        set.add("one");
        set.add("one");
        assertThat(set.isEmpty()).isFalse();
        set.remove("one");
        assertThat(set.isEmpty()).isTrue();
        set.remove("one");
        assertThat(set.isEmpty()).isTrue();
    }

    @Test
    void memoryThatIsOut_afterTheChange_leavesTheNumberRight() {
        elements.isAfter = true;
        set.add("one");
        assertThat(set.isEmpty()).isFalse();
        assertThat(set.stream()).containsExactly("one");
        set.remove("one");
        assertThat(set.isEmpty()).isTrue();
    }

    @Test
    void memoryThatIsOut_beforeTheRemoval_isAwaited() {
        set.add("one");
        elements.isBefore = true;
        set.remove("one");
        assertThat(elements).isEmpty();
        assertThat(set.isEmpty()).isTrue();
    }

    @Test
    void memoryThatIsOut_beforeTheChange_isTold() {
        elements.isBefore = true;
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> set.add("one"));
        assertThat(set.isEmpty()).isTrue();
    }
}
