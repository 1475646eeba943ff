package io.jobtree.scheduler.junit5;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Lets some leaks be: jobs, threads or executors of a name, from a place, or of a kind.
///
/// ```java
/// @AllowLeakedJobs(name = "metrics-*", reason = "the reporter flushes until the JVM ends")
/// @AllowLeakedJobs(site = "com.acme.Pool.*", kinds = Kind.EXECUTOR, reason = "shared by all tests")
/// ```
///
/// All attributes that are given must match. Those on the method, the class and the classes around it add up. An
/// allowed job is neither waited for nor cancelled. A scheduler that is open only for the sake of allowed jobs,
/// or has an allowed name itself, is allowed too. In globs `*` stands for any characters, `?` for one.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Repeatable(AllowLeakedJobs.Several.class)
public @interface AllowLeakedJobs {
    /// Which names: of a job, a scheduler, a thread, or any thread of an executor.
    ///
    /// @return a glob on the whole name; any name if empty
    String name() default "";

    /// Where it was spawned, opened or started: the class and method of a frame of your code, such as
    /// `com.acme.Pool.open`.
    ///
    /// @return a glob on a whole `class.method`; any place if empty
    String site() default "";

    /// Which kinds; all by default.
    ///
    /// @return the kinds
    Kind[] kinds() default {};

    /// Why they may.
    ///
    /// @return the reason, for the reader
    String reason();

    /// What can leak.
    enum Kind {
        /// A job that is not done.
        JOB,
        /// A scheduler that is not closed.
        SCHEDULER,
        /// A thread of no executor.
        THREAD,
        /// A thread pool, or another executor.
        EXECUTOR,
        /// A `StructuredTaskScope`.
        TASK_SCOPE,
        /// A `java.util.Timer`.
        TIMER,
        /// A `java.net.http.HttpClient`.
        HTTP_CLIENT,
        /// A `java.lang.ref.Cleaner`.
        CLEANER
    }

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
