package io.jobtree.scheduler.junit5;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Fails a test that ends before what it started does: jobs, schedulers and, if asked for, threads and executors.
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
/// injected one. [#threads] adds what has nothing to do with Jobtree.
///
/// On a class it holds for its tests, those of its subclasses and of its `@Nested` classes; on a method for that one.
/// The nearest annotation wins, whole: it inherits no attribute from one further out. It may stand on an annotation
/// of your own. Where there is none and JUnit's extension auto-detection is on, the configuration parameters hold.
///
/// What belongs to whom: a job or thread belongs to the test whose thread started it, or a thread started by such a
/// thread, or another job of that test. What `@BeforeAll`, a `PER_CLASS` constructor or a test class's static
/// initializer starts belongs to the class and is checked after `@AfterAll`; what another class's static initializer
/// starts belongs to nobody.
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

    /// When to look: after each test, or once after all tests of the class. `CLASS` has no effect on a method.
    ///
    /// @return the scope
    Scope scope() default Scope.AUTO;

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
        /// After each test; but threads and executors that only the class can end, because a field of it or an
        /// extension holds them, are checked after all tests of the class, and reported there with the test
        /// that started them.
        AUTO,
        /// After each test, also threads and executors that the class could end later.
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
    ///
    /// Those that the JVM, JUnit, build tools, IDEs and well-known libraries keep for good do not count. An
    /// executor is one leak, however many threads it has. Daemon threads without an executor count once they
    /// outlive the class.
    enum Threads {
        /// None.
        NONE,
        /// Virtual threads, thread-per-task executors and `StructuredTaskScope`s.
        ///
        /// Without the agent they are found in a thread dump, taken only while no virtual thread runs, because
        /// some JDKs may crash otherwise, and never while other tests run. In parallel, a test that created
        /// virtual threads is checked by a garbage collection, which shows whether they live, but not what they
        /// do; executors and task scopes in which no thread lives are looked for after each class, in parallel
        /// at the end of the session, and reported there with the tests that may have opened them.
        VIRTUAL,
        /// Platform threads, and thread pools, timers and HTTP clients by their threads.
        PLATFORM,
        /// Both.
        ALL;

        /// Whether virtual threads count.
        ///
        /// @return true for `VIRTUAL` and `ALL`
        public boolean areVirtual() {
            return this == VIRTUAL || this == ALL;
        }

        /// Whether platform threads count.
        ///
        /// @return true for `PLATFORM` and `ALL`
        public boolean arePlatform() {
            return this == PLATFORM || this == ALL;
        }
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
