package io.jobtree.scheduler.synctest;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Runs a test in a bubble: its threads one at a time, first come, first served, on a virtual clock.
///
/// ```java
/// @Test
/// @VirtualTime
/// void retriesForTwoHours() throws Exception {
///     client.fetchWithRetries();   // sleeps between tries; costs no real time
/// }
/// ```
///
/// The test's constructor, its `@BeforeEach` and its `@AfterEach` run in the same bubble. On a class it holds for its
/// tests, those of its subclasses and of its `@Nested` classes. See [Bubble] for what a bubble is and what it needs.
///
/// Experimental.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(BubbleExtension.class)
@SuppressWarnings("exports") // JUnit finds the extension, nobody names it
public @interface VirtualTime {
    /// What the clock shows when the test begins.
    ///
    /// @return a moment as `Instant.parse` reads it
    String epoch() default "2000-01-01T00:00:00Z";
}
