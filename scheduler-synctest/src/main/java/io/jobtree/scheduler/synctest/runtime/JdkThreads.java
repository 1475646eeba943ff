package io.jobtree.scheduler.synctest.runtime;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// What a bubble needs of this JDK's virtual threads and no API gives.
///
/// One implementation a shape of the JDK's classes; an official API would be one more.
interface JdkThreads {
    /// A builder of virtual threads that run on the given scheduler, as do the virtual threads that they start.
    Thread.Builder.OfVirtual builder(Executor scheduler);

    /// The scheduler of a virtual thread; null for a platform thread.
    @Nullable
    Executor schedulerOf(Thread thread);

    /// The task that a virtual thread gives to its scheduler whenever it can run.
    Runnable taskOf(Thread thread);
}
