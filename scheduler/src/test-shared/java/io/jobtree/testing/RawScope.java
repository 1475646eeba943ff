package io.jobtree.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// A `java.util.concurrent.StructuredTaskScope` as a user has it, called by name: it is a preview in some of the
/// JDKs that tests run on. Its joiner is the default one.
@NullMarked
public final class RawScope implements AutoCloseable {
    private static final Class<?> SCOPE = type("StructuredTaskScope");

    private final AutoCloseable scope;

    private RawScope(Object scope) {
        this.scope = (AutoCloseable) scope;
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName("java.util.concurrent." + name);
        } catch (ClassNotFoundException e) {
            throw new LinkageError(e.toString(), e);
        }
    }

    public static RawScope open() {
        return new RawScope(call(method(SCOPE, "open"), null));
    }

    public static RawScope open(ThreadFactory threads) {
        var joiner = type("StructuredTaskScope$Joiner");
        var options = type("StructuredTaskScope$Configuration");
        var open = Arrays.stream(SCOPE.getMethods())
                .filter(method -> method.getName().equals("open") && method.getParameterCount() == 2)
                .findFirst()
                .orElseThrow();
        UnaryOperator<Object> configure =
                defaults -> call(method(options, "withThreadFactory", ThreadFactory.class), defaults, threads);
        return new RawScope(call(open, null, call(method(joiner, "awaitAllSuccessfulOrThrow"), null), configure));
    }

    @SuppressWarnings("unchecked") // A Subtask is a Supplier.
    public <T extends @Nullable Object> Supplier<T> fork(Callable<T> task) {
        return (Supplier<T>) call(method(SCOPE, "fork", Callable.class), scope, task);
    }

    public void fork(Runnable task) {
        var _ = call(method(SCOPE, "fork", Runnable.class), scope, task);
    }

    public void join() throws InterruptedException {
        try {
            var _ = method(SCOPE, "join").invoke(scope);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            scope.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Method method(Class<?> owner, String name, Class<?>... parameters) {
        try {
            return owner.getMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            throw new LinkageError(e.toString(), e);
        }
    }

    private static Object call(Method method, @Nullable Object receiver, Object... arguments) {
        try {
            return method.invoke(receiver, arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
