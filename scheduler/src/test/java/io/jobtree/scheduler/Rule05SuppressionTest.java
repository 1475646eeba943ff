package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertFailed;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("R5: later failures are suppressed on the first, never so that causes and suppressed ones form a cycle")
final class Rule05SuppressionTest {
    private static final int MOST = 16;

    private final RecordedFailures failures = new RecordedFailures();
    private final IllegalStateException failure = new IllegalStateException("on purpose");

    private Scheduler open() {
        return Scheduler.open(TestOptions.unlimited().withFailureHandler(failures));
    }

    private Object fail() {
        throw failure;
    }

    private static List<Throwable> next(Throwable from) {
        var all = new ArrayList<Throwable>(List.of(from.getSuppressed()));
        if (from.getCause() != null) {
            all.add(from.getCause());
        }
        return all;
    }

    /// Follows causes and suppressed ones, and finds no way back to where it began.
    private static void assertNoCycle(Throwable top) {
        var all = Collections.<Throwable>newSetFromMap(new IdentityHashMap<>());
        var open = new ArrayDeque<Throwable>(List.of(top));
        while (!open.isEmpty()) {
            var one = open.pop();
            if (all.add(one)) {
                open.addAll(next(one));
            }
        }
        for (var one : all) {
            assertThat(leadsBack(one)).as("cycle through %s", one.getClass()).isFalse();
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very object
    private static boolean leadsBack(Throwable start) {
        var seen = Collections.<Throwable>newSetFromMap(new IdentityHashMap<>());
        var open = new ArrayDeque<Throwable>(next(start));
        while (!open.isEmpty()) {
            var one = open.pop();
            if (one == start) {
                return true;
            }
            if (seen.add(one)) {
                open.addAll(next(one));
            }
        }
        return false;
    }

    private static String trace(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @EachThreadKind
    void bodyThatWrapsWhatJoinThrew_makesNoCycle() throws Exception {
        try (var jobs = open()) {
            Job<Object> branch = jobs.spawn("branch", scope -> {
                try {
                    return scope.spawn("fails", this::fail).join();
                } catch (JobFailedException | InterruptedException e) {
                    throw new IllegalArgumentException("wrapped", e);
                }
            });
            assertFailed(branch, failure);
            assertNoCycle(failure);
            assertThat(trace(failure)).doesNotContain("CIRCULAR");
        }
    }

    @Test
    void bodyThatWrapsTheFailureSeveralTimes_makesNoCycle() throws Exception {
        try (var jobs = open()) {
            Job<Object> branch = jobs.spawn("branch", scope -> {
                var child = scope.spawn("fails", this::fail);
                var outcome = child.await();
                throw new CompletionException(new RuntimeException(
                        "middle", new Error("inner", ((Outcome.Failed<?>) outcome).failure())));
            });
            // The body may be interrupted in its wait; the child's failure is the first all the same.
            assertFailed(branch, failure);
            assertNoCycle(failure);
        }
    }

    @Test
    void bodyThatSuppressesTheFailureOnItsOwn_makesNoCycle() throws Exception {
        try (var jobs = open()) {
            Job<Object> branch = jobs.spawn("branch", scope -> {
                var own = new IllegalArgumentException("own");
                var child = scope.spawn("fails", this::fail);
                while (!child.isDone()) {
                    Thread.onSpinWait();
                }
                own.addSuppressed(failure);
                throw own;
            });
            assertFailed(branch, failure);
            assertNoCycle(failure);
        }
    }

    @Test
    void siblingsThatWrapTheFirst_makeNoCycle() throws Exception {
        try (var jobs = open()) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var running = new CountDownLatch(5);
                for (var i = 0; i < 5; i++) {
                    scope.spawn("wraps", () -> {
                        running.countDown();
                        try {
                            new Door().pass();
                        } catch (InterruptedException cancelled) {
                            throw new IllegalArgumentException("wrapped", failure);
                        }
                    });
                }
                running.await();
                scope.spawn("fails", this::fail);
                return 1;
            });
            assertFailed(branch, failure);
            assertNoCycle(failure);
        }
    }

    /// Each of two instances is the first in one branch, and the later one in the other.
    @Test
    void twoInstances_eachTheFirstOnce_makeNoCycle() throws Exception {
        var other = new IllegalArgumentException("other");
        try (var jobs = open()) {
            for (var turn = 0; turn < 20; turn++) {
                assertFailed(branch(jobs, failure, List.of(other)), failure);
                assertFailed(branch(jobs, other, List.of(failure)), other);
            }
            assertNoCycle(failure);
            assertNoCycle(other);
        }
    }

    @Test
    void manyInstances_eachTheFirstOnce_makeNoCycle_atOnce() throws Exception {
        var all = new ArrayList<RuntimeException>();
        for (var i = 0; i < 4; i++) {
            all.add(new IllegalStateException("shared " + i));
        }
        try (var jobs = open()) {
            var branches = new ArrayList<Job<?>>();
            for (var turn = 0; turn < 100; turn++) {
                Collections.rotate(all, 1);
                branches.add(branch(jobs, all.getFirst(), List.copyOf(all.subList(1, 4))));
            }
            for (var branch : branches) {
                Outcomes.failure(branch);
            }
        }
        all.forEach(Rule05SuppressionTest::assertNoCycle);
    }

    /// A branch job whose first child fails with one instance, and its siblings, once cancelled, with others.
    static Job<Integer> branch(Scheduler jobs, RuntimeException first, List<? extends RuntimeException> later) {
        return jobs.spawn("branch", scope -> {
            var running = new CountDownLatch(later.size());
            for (var one : later) {
                scope.spawn("later", () -> {
                    running.countDown();
                    try {
                        new Door().pass();
                    } catch (InterruptedException cancelled) {
                        throw one;
                    }
                });
            }
            running.await();
            scope.spawn("first", () -> {
                throw first;
            });
            return 1;
        });
    }

    @Test
    void oneInstance_sharedByManyBranches_collectsSixteenAtMost() throws Exception {
        try (var jobs = open()) {
            for (var turn = 0; turn < 50; turn++) {
                var later = new ArrayList<RuntimeException>();
                for (var i = 0; i < 5; i++) {
                    later.add(new IllegalArgumentException("later " + turn + "." + i));
                }
                assertFailed(branch(jobs, failure, later), failure);
            }
        }
        assertThat(failure.getSuppressed()).hasSizeBetween(1, MOST);
    }

    @Test
    void oneInstance_thatTheUserSuppressedOnAlready_collectsSixteenAtMost() throws Exception {
        for (var i = 0; i < 40; i++) {
            failure.addSuppressed(new IllegalArgumentException("the user's own " + i));
        }
        try (var jobs = open()) {
            assertFailed(branch(jobs, failure, List.of(new IllegalArgumentException("later"))), failure);
        }
        assertThat(failure.getSuppressed()).hasSizeLessThanOrEqualTo(40 + MOST);
    }

    @Test
    void oneInstance_thrownByEveryChild_isNotSuppressedOnItself() throws Exception {
        try (var jobs = open()) {
            for (var turn = 0; turn < 50; turn++) {
                var branch = branch(jobs, failure, List.of(failure, failure, failure));
                assertFailed(branch, failure);
                assertThatThrownBy(branch::join).hasMessageContaining("3 later");
            }
            assertThat(failure.getSuppressed()).isEmpty();
        }
    }

    @Test
    void failureOfAChild_thatTheBodyWraps_isNoLaterFailure() throws Exception {
        try (var jobs = open()) {
            var branch = jobs.spawn("branch", scope -> {
                var child = scope.spawn("child", () -> {
                    throw failure;
                });
                try {
                    child.join();
                } catch (JobFailedException e) {
                    throw new IllegalArgumentException("the branch's own words", e);
                }
            });
            assertFailed(branch, failure);
            assertThatThrownBy(branch::join).hasMessageNotContaining("later");
        }
    }

    @Test
    void laterFailures_areCounted_alsoWhereNoneCanBeSuppressed() throws Exception {
        var closedToIt = new Fixed();
        try (var jobs = open()) {
            var branch = branch(jobs, closedToIt, List.of(failure, new IllegalArgumentException("second")));
            assertFailed(branch, closedToIt);
            assertThat(closedToIt.getSuppressed()).isEmpty();
            assertThatThrownBy(branch::join).hasMessageContaining("2 later");
        }
    }

    private static final class Fixed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Fixed() {
            super("no suppression", null, false, false);
        }
    }

    @Test
    void failuresWhoseCausesFormACycleAlready_failTheBranchAllTheSame() throws Exception {
        var a = new IllegalStateException("a");
        var b = new IllegalArgumentException("b");
        a.initCause(b);
        b.initCause(a);
        try (var jobs = open()) {
            assertFailed(branch(jobs, a, List.of(failure, b)), a);
            assertFailed(branch(jobs, failure, List.of(a, b)), failure);
            var cancelled = jobs.spawn("job", () -> {
                try {
                    new Door().pass();
                } catch (InterruptedException e) {
                    throw a;
                }
            });
            Within.isParked(cancelled);
            cancelled.cancel();
            assertThat(Within.outcome(cancelled)).isInstanceOf(Outcome.Cancelled.class);
            assertSucceeded(jobs.spawn("next", () -> 1), 1);
        }
    }

    /// A throwable whose causes have no end, or which throws when it is asked for them.
    private static final class Odd extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final boolean throwsWhenAsked;

        Odd(boolean throwsWhenAsked) {
            super("odd", null, true, false);
            this.throwsWhenAsked = throwsWhenAsked;
        }

        @Override
        public synchronized @Nullable Throwable getCause() {
            if (throwsWhenAsked) {
                throw new IllegalStateException("no cause");
            }
            return new Odd(false);
        }
    }

    @EachThreadKind
    void failuresThatAreOddAboutTheirCauses_failTheBranch_andEndTheJob() throws Exception {
        try (var jobs = open()) {
            for (var throwsWhenAsked : List.of(true, false)) {
                var odd = new Odd(throwsWhenAsked);
                assertFailed(branch(jobs, odd, List.of(failure)), odd);
                assertFailed(branch(jobs, failure, List.of(odd, new Odd(throwsWhenAsked))), failure);
                var cancelled = jobs.spawn("job", () -> {
                    try {
                        new Door().pass();
                    } catch (InterruptedException e) {
                        throw odd;
                    }
                });
                Within.isParked(cancelled);
                cancelled.cancel();
                assertThat(Within.outcome(cancelled)).isInstanceOf(Outcome.Cancelled.class);
            }
            assertSucceeded(jobs.spawn("next", () -> 1), 1);
        }
    }

    /// One that hangs when it is asked for its cause holds up its own job, and no other.
    @Test
    void failureThatHangsWhenAskedForItsCause_holdsNobodyElseUp() throws Exception {
        var asked = new Door();
        var mayAnswer = new Door();
        var hanging = new IllegalStateException("hangs") {
            private static final long serialVersionUID = 1;

            @Override
            public synchronized @Nullable Throwable getCause() {
                asked.open();
                mayAnswer.passIgnoringInterrupts();
                return null;
            }
        };
        try (var jobs = open()) {
            var siblings = new CopyOnWriteArrayList<Job<?>>();
            var all = new CompletableFuture<Job<?>>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                siblings.add(scope.spawn("sibling", () -> new Door().pass()));
                all.complete(scope.spawn("later", () -> {
                    try {
                        new Door().pass();
                    } catch (InterruptedException e) {
                        throw hanging;
                    }
                }));
                Within.isParked(all.join());
                scope.spawn("fails", this::fail);
                return 1;
            });
            assertSucceeded(jobs.spawn("next", () -> 1), 1);
            for (var sibling : siblings) {
                assertThat(Within.outcome(sibling)).isInstanceOf(Outcome.Cancelled.class);
            }
            mayAnswer.open();
            assertFailed(branch, failure);
        } finally {
            mayAnswer.open();
        }
    }

    @EachThreadKind
    void laterFailure_ofAScopeWhoseFirstTakesNone_goesToTheHandler() throws Exception {
        var first = new Fixed();
        try (var jobs = open()) {
            assertFailed(branch(jobs, first, List.of(failure)), first);
            assertHandlerHeard(failure);
        }
    }

    @EachThreadKind
    void laterFailure_ofTheBody_whoseFirstTakesNone_goesToTheHandler() throws Exception {
        assertGoesToTheHandler(new Fixed(), failure);
    }

    /// What is too long to be followed to its end.
    private static IllegalArgumentException withManyCauses() {
        var top = new IllegalArgumentException("the innermost");
        for (int i = 0; i < 1_000; i++) {
            top = new IllegalArgumentException("cause " + i, top);
        }
        return top;
    }

    private static IllegalArgumentException withManySuppressed() {
        var top = new IllegalArgumentException("has as many as are suppressed");
        for (int i = 0; i < MOST; i++) {
            top.addSuppressed(new IllegalStateException("its own"));
        }
        return top;
    }

    @Test
    void laterFailure_thatCannotBeSuppressed_goesToTheHandler() throws Exception {
        assertGoesToTheHandler(new IllegalStateException("plain"), withManyCauses());
        assertGoesToTheHandler(withManyCauses(), new IllegalStateException("plain"));
        assertGoesToTheHandler(withManySuppressed(), new IllegalStateException("plain"));
    }

    /// The later one is what the body itself throws after its child has failed.
    private void assertGoesToTheHandler(RuntimeException first, RuntimeException later) throws Exception {
        failures.reports().clear();
        try (var jobs = open()) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scope.spawn("first", () -> {
                    throw first;
                });
                try {
                    new Door().pass();
                } catch (InterruptedException e) {
                    throw later;
                }
                return 1;
            });
            assertFailed(branch, first);
            assertHandlerHeard(later);
        }
    }

    /// Once; of the branch's own failure too, where it ends before it is joined.
    private void assertHandlerHeard(Throwable later) {
        Awaitility.await().until(() -> failures.failures().contains(later));
        assertThat(failures.failures()).containsOnlyOnce(later);
    }
}
