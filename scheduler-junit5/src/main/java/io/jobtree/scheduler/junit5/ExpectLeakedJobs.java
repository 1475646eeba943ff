package io.jobtree.scheduler.junit5;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The test leaks, and is known to: it fails when it does not.
///
/// ```java
/// @Test
/// @ExpectLeakedJobs(count = 1, reason = "the client has no close yet")
/// void poll() { ... }
/// ```
///
/// What leaks is cancelled and closed all the same, after the test, whatever the scope. It may stand on an annotation
/// of your own.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface ExpectLeakedJobs {
    /// The default of [#count].
    int AT_LEAST_ONE = -1;

    /// How many jobs leak. By default the test must leak something, be it a job or a scheduler.
    ///
    /// @return the number of leaked jobs, not negative, or [#AT_LEAST_ONE]
    int count() default AT_LEAST_ONE;

    /// Why it leaks.
    ///
    /// @return the reason, for the reader
    String reason();
}
