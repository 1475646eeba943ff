package io.jobtree.scheduler.synctest;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutionException;

/// The JDK's StructuredTaskScope, by reflection: a preview on 25.
final class TaskScopes {
    private static final Class<?> TYPE;
    private static final Method OPEN;
    private static final Method FORK;
    private static final Method JOIN;
    private static final Method CLOSE;

    static {
        try {
            TYPE = Class.forName("java.util.concurrent.StructuredTaskScope");
            OPEN = TYPE.getMethod("open");
            FORK = TYPE.getMethod("fork", Runnable.class);
            JOIN = TYPE.getMethod("join");
            CLOSE = TYPE.getMethod("close");
        } catch (ReflectiveOperationException unknown) {
            throw new LinkageError("StructuredTaskScope has another shape", unknown);
        }
    }

    private TaskScopes() {}

    static void runBoth(Runnable one, Runnable two) throws Exception {
        Object scope = OPEN.invoke(null);
        try {
            FORK.invoke(scope, one);
            FORK.invoke(scope, two);
            JOIN.invoke(scope);
        } catch (InvocationTargetException failed) {
            throw new ExecutionException(failed.getCause());
        } finally {
            CLOSE.invoke(scope);
        }
    }
}
