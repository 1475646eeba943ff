package io.jobtree.scheduler.junit5;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Lets jobs of some name outlive the test.
///
/// ```java
/// @AllowLeakedJobs(name = "metrics-*", reason = "the reporter flushes until the JVM ends")
/// ```
///
/// Those on the method, the class and the classes around it add up. An allowed job is neither waited for nor
/// cancelled. A scheduler that is open only for the sake of allowed jobs, or has an allowed name itself, is allowed
/// too.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Repeatable(AllowLeakedJobs.Several.class)
public @interface AllowLeakedJobs {
    /// Which jobs: `*` stands for any characters, `?` for one.
    ///
    /// @return a glob on the job's name
    String name();

    /// Why they may.
    ///
    /// @return the reason, for the reader
    String reason();

    /// Holds several of them.
    @Documented
    @Inherited
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD})
    @interface Several {
        /// Those that it holds.
        ///
        /// @return the annotations
        AllowLeakedJobs[] value();
    }
}
