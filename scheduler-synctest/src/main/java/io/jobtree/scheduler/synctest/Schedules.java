package io.jobtree.scheduler.synctest;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Runs a test under many schedules of its threads, each in a bubble of its own with a virtual clock.
///
/// ```java
/// @Test
/// @Schedules(200)
/// void closesOnce() throws Exception { ... }
/// ```
///
/// Each schedule has a fresh instance of the test, with its `@BeforeEach` and `@AfterEach` methods. The first schedule
/// that fails is run again, and reported with its seed: `@Schedules(seed = 6)` runs that one, in a debugger too.
/// Put it on a `@TestTemplate` instead of a `@Test` for one invocation a schedule.
///
/// Experimental.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(BubbleExtension.class)
@SuppressWarnings("exports") // JUnit finds the extension, nobody names it
public @interface Schedules {
    /// How many schedules to run.
    ///
    /// @return a positive number; the seeds are 0 and up
    int value() default 100;

    /// The one seed to run.
    ///
    /// @return the seed; a negative number for all
    long seed() default -1;

    /// The packages whose classes, and those of the packages below them, may switch threads at each access to a field,
    /// an array, a monitor, and a class of `java.util`.
    ///
    /// @return names of packages; none for the test's own
    String[] points() default {};
}
