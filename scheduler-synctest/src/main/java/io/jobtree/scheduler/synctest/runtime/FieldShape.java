package io.jobtree.scheduler.synctest.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The shape of JDK 25 to 28: fields of `VirtualThread`, and a builder's constructor "invoked by tests".
final class FieldShape implements JdkThreads {
    private final Class<?> type;
    private final VarHandle scheduler;
    private final VarHandle task;
    private final Constructor<?> builder;

    /// Finds all parts, or says which one this JDK lacks.
    FieldShape() throws ReflectiveOperationException {
        type = Class.forName("java.lang.VirtualThread");
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        scheduler = lookup.findVarHandle(type, "scheduler", Executor.class);
        task = lookup.findVarHandle(type, "runContinuation", Runnable.class);
        builder = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder").getDeclaredConstructor(Executor.class);
        builder.setAccessible(true);
    }

    /// Replaces the executors that wake virtual threads whose scheduler is not the default one.
    static void routeTimers(UnaryOperator<ScheduledExecutorService> route) throws ReflectiveOperationException {
        Field field =
                Class.forName("java.lang.VirtualThread$DelayedTaskSchedulers").getDeclaredField("INSTANCE");
        field.setAccessible(true);
        ScheduledExecutorService[] executors = (ScheduledExecutorService[]) field.get(null);
        for (int i = 0; i < executors.length; i++) {
            executors[i] = route.apply(executors[i]);
        }
    }

    @Override
    public Thread.Builder.OfVirtual builder(Executor executor) {
        try {
            return (Thread.Builder.OfVirtual) builder.newInstance(executor);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("VirtualThreadBuilder(Executor) cannot be called", impossible);
        }
    }

    @Override
    public @Nullable Executor schedulerOf(Thread thread) {
        return type.isInstance(thread) ? (Executor) scheduler.get(thread) : null;
    }

    @Override
    public Runnable taskOf(Thread thread) {
        return (Runnable) task.get(thread);
    }
}
