package io.jobtree.scheduler.junit5;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Fails a test that ends before its jobs do.
///
/// ```java
/// @NoLeakedJobs
/// class OrderServiceTest {
///     @Test
///     void refund(Scheduler jobs) {
///         new OrderService(jobs).refund("o-1");
///     }
/// }
/// ```
///
/// A leak is a job that is not done, or a scheduler that was opened in the test and is not closed, when all of the
/// test's clean-up is over and [#graceMillis] have passed. Every scheduler in the process counts, not only the
/// injected one.
///
/// On a class it holds for its tests, those of its subclasses and of its `@Nested` classes; on a method for that one.
/// The nearest annotation wins, whole: it inherits no attribute from one further out. It may stand on an annotation
/// of your own.
///
/// What belongs to whom: a job belongs to the test whose thread spawned it, or a thread started by such a thread, or
/// another job of that test. What `@BeforeAll`, a `PER_CLASS` constructor or a test class's static initializer starts
/// belongs to the class and is checked after `@AfterAll`; what another class's static initializer starts belongs to
/// nobody.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(LeakedJobsExtension.class)
public @interface NoLeakedJobs {
    /// How long jobs may go on after the test before they count as leaked. Waited only while something is pending.
    ///
    /// @return milliseconds, not negative
    int graceMillis() default 500;

    /// What becomes of a test that leaks.
    ///
    /// @return the mode
    Mode mode() default Mode.FAIL;

    /// When to look: after each test, or once after all tests of the class. Has no effect on a method.
    ///
    /// @return the scope
    Scope scope() default Scope.TEST;

    /// What becomes of the leaked jobs.
    ///
    /// @return what is done after they were reported
    After after() default After.CANCEL;

    /// Which threads that are not jobs count too.
    ///
    /// @return the threads
    Threads threads() default Threads.NONE;

    /// How many leaked jobs are described; the others are counted.
    ///
    /// @return the number, positive
    int maxReported() default 10;

    /// What becomes of failures that nobody was waiting for when they came: those that went to the scheduler's
    /// failure handler. A `join` that comes a moment later does not change that, unless the test fails with what it
    /// throws.
    ///
    /// @return what is done about them
    Failures failures() default Failures.REPORT;

    /// What becomes of a test that leaks.
    enum Mode {
        /// It fails.
        FAIL,
        /// The leak is logged as a warning.
        WARN,
        /// Nothing: leaks are not looked for.
        OFF
    }

    /// When leaks are looked for.
    enum Scope {
        /// After each test.
        TEST,
        /// After all tests of the class; a job may outlive its test, but not its class.
        CLASS
    }

    /// What is done after leaked jobs were reported.
    enum After {
        /// They are cancelled and given two seconds, and leaked schedulers are closed, so that the next
        /// test starts clean.
        CANCEL,
        /// They go on.
        LEAVE
    }

    /// Which threads that are not jobs count too.
    enum Threads {
        /// None.
        NONE,
        /// Virtual threads, thread-per-task executors and `StructuredTaskScope`s.
        ///
        /// Where tests run one after the other, they are found in a thread dump after each test, which
        /// costs some milliseconds, and is exact. An executor kept in a static field is found too.
        ///
        /// In parallel, a test that created virtual threads is checked by a collection of garbage, which
        /// tells whether they live, but not what they do. Threads that inherit nothing from their
        /// creator, and executors and task scopes in which no thread lives, are looked for at the end of the
        /// session and reported there: as a failure where all tests are watched by auto-detection, else as a
        /// warning. Nothing tells which test left them. One that was open before the session may be told too,
        /// unless all tests are watched and the first class is one with `VIRTUAL`.
        ///
        /// A dump is taken only while no virtual thread runs, because in JDK 25.0.3 it may crash the JVM
        /// otherwise. A virtual thread of an executor that is collected before the grace is over, because
        /// nothing refers to the executor or to what the thread waits for, is not found: it leaves no trace
        /// that tells it from one that has ended.
        VIRTUAL
    }

    /// What is done about failures that nobody observed.
    enum Failures {
        /// They are listed with the leaks, and logged where there are none.
        REPORT,
        /// They fail the test.
        FAIL,
        /// Nothing.
        IGNORE
    }
}
