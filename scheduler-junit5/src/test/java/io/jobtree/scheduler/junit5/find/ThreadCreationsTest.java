package io.jobtree.scheduler.junit5.find;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.NoLeakedJobs;
import io.jobtree.scheduler.junit5.settings.TestSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// Which creation is a thread's, where several threads are made at once.
final class ThreadCreationsTest {
    private final ThreadCreations creations = new ThreadCreations();
    private final Origin one = origin("one");
    private final Origin other = origin("other");

    /// The collector would take them out.
    private final List<ThreadCreation> held = new ArrayList<>();

    private Origin origin(String label) {
        return new Origin(
                Origin.Level.TEST, null, label, TestSettings.of(NoLeakedJobs.Threads.VIRTUAL), List.of(), creations);
    }

    private static long thread() {
        return ThreadCreation.nextThreadId();
    }

    private ThreadCreation created(Origin origin) {
        ThreadCreation creation = creations.created(origin);
        held.add(creation);
        return creation;
    }

    private @Nullable ThreadCreation of(long thread, Long... living) {
        return creations.of(thread, Set.of(living)::contains, creation -> true);
    }

    @Test
    void threadAndCreation_inARow_belongTogether() {
        long first = thread();
        ThreadCreation ofFirst = created(one);
        long second = thread();
        ThreadCreation ofSecond = created(other);

        assertThat(of(first, second)).isSameAs(ofFirst);
        assertThat(of(second, first)).isSameAs(ofSecond);
    }

    @Test
    void twoThreadsOfTwoTests_atOnce_areUnknown() {
        long first = thread();
        long second = thread();
        created(one);
        created(other);

        assertThat(of(first, second)).isNull();
        assertThat(of(second, first)).isNull();
    }

    @Test
    void threeThreadsOfTwoTests_atOnce_areUnknown() {
        long first = thread();
        long second = thread();
        long third = thread();
        created(one);
        created(other);
        created(one);

        assertThat(of(first, second, third)).isNull();
        assertThat(of(second, first, third)).isNull();
        assertThat(of(third, first, second)).isNull();
    }

    @Test
    void twoThreadsOfOneTest_atOnce_areItsOwn() {
        long first = thread();
        long second = thread();
        created(one);
        created(one);

        assertThat(of(first, second)).extracting(ThreadCreation::origin).isEqualTo(one);
        assertThat(of(second, first)).extracting(ThreadCreation::origin).isEqualTo(one);
    }

    /// Another thread may take an id between the first one's and its creation's.
    @RepeatedTest(3)
    void creationBeforeThatOfALaterThread_isThatOfTheOneBefore() {
        long first = thread();
        thread();
        ThreadCreation ofFirst = created(one);
        long later = thread();
        created(other);

        assertThat(of(first, later)).isSameAs(ofFirst);
    }

    @Test
    void threadThatInheritsNothing_hasNone() {
        long inheritsNothing = thread();
        long second = thread();
        ThreadCreation ofSecond = created(one);

        assertThat(of(inheritsNothing, second)).isNull();
        assertThat(of(second, inheritsNothing)).isSameAs(ofSecond);
    }

    @Test
    void threadOfATestThatIsOver_isNoOtherTests() {
        long first = thread();
        ThreadCreation ofFirst = created(one);
        long second = thread();
        created(other);
        creations.forget(one);

        assertThat(of(first, second)).isSameAs(ofFirst);
        assertThat(creations.count(one)).isZero();
    }

    @Test
    void creationNextToAThread_mayBeThatOfTheOneBefore() {
        long before = thread();
        long thread = thread();
        created(other);
        thread();
        created(one);

        assertThat(of(thread, before)).isNull();
        assertThat(of(thread)).extracting(ThreadCreation::origin).isEqualTo(other);
    }
}
