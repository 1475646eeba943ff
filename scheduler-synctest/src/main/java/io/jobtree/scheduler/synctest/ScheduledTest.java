package io.jobtree.scheduler.synctest;

import io.jobtree.scheduler.synctest.runtime.Trace;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExecutableInvoker;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.opentest4j.TestAbortedException;

/// A test and the schedules that it runs under, each with an instance of its own.
final class ScheduledTest {
    private final Settings settings;
    private final ReflectiveInvocationContext<Method> call;
    private final ExtensionContext context;

    ScheduledTest(Settings settings, ReflectiveInvocationContext<Method> call, ExtensionContext context) {
        this.settings = settings;
        this.call = call;
        this.context = context;
    }

    /// What came of one run.
    private record Run(@Nullable Throwable failure, Trace trace) {}

    void run() {
        for (PrimitiveIterator.OfLong seeds = settings.seeds().iterator(); seeds.hasNext(); ) {
            run(seeds.nextLong());
        }
    }

    void run(long seed) {
        Run first = runOnce(seed);
        if (first.failure instanceof TestAbortedException) {
            throw Sneaky.rethrow(first.failure);
        }
        if (first.failure != null) {
            throw report(seed, first, first.failure);
        }
    }

    private FailedScheduleError report(long seed, Run first, Throwable failure) {
        Run second = runOnce(seed);
        int difference = first.trace.differsAt(second.trace);
        String replay;
        if (difference >= 0) {
            replay = "the replay differed at step " + difference + ": something in the test is not the same twice";
        } else if (second.failure == null) {
            replay = "the replay took the same steps and passed";
        } else if (second.failure.getClass() != failure.getClass()) {
            replay = "the replay took the same steps and ended otherwise: " + second.failure;
        } else {
            replay = "replay confirmed (trace " + first.trace + ")";
        }
        return new FailedScheduleError(
                "The schedule of seed " + seed + " fails, " + replay + "; run it alone with @Schedules(seed = " + seed
                        + ")\n" + failure,
                seed,
                failure);
    }

    private Run runOnce(long seed) {
        Session session = Session.open(settings.plan(seed));
        try {
            session.run(() -> {
                lifecycle();
                return null;
            });
            return new Run(null, session.trace());
        } catch (Throwable failure) {
            return new Run(failure, session.trace());
        }
    }

    // ---- in the bubble

    @SuppressWarnings("ReferenceEquality") // a throwable cannot suppress itself
    private void lifecycle() {
        List<Object> instances = instances();
        Throwable failure = null;
        try {
            for (Object instance : instances) {
                invokeAll(instance, BeforeEach.class, HierarchyTraversalMode.TOP_DOWN);
            }
            Method test = call.getExecutable();
            test.setAccessible(true);
            test.invoke(instances.getLast(), call.getArguments().toArray());
        } catch (InvocationTargetException thrown) {
            failure = thrown.getCause();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        for (Object instance : instances.reversed()) {
            try {
                invokeAll(instance, AfterEach.class, HierarchyTraversalMode.BOTTOM_UP);
            } catch (Throwable thrown) {
                if (failure == null) {
                    failure = thrown;
                } else if (failure != thrown) {
                    failure.addSuppressed(thrown);
                }
            }
        }
        if (failure != null) {
            throw Sneaky.rethrow(failure);
        }
    }

    /// A fresh instance of the test class, and of those that it is nested in, outermost first.
    private List<Object> instances() {
        List<Class<?>> types = new ArrayList<>();
        for (Class<?> type = context.getRequiredTestClass(); ; type = type.getEnclosingClass()) {
            types.addFirst(type);
            if (Modifier.isStatic(type.getModifiers()) || type.getEnclosingClass() == null) {
                break;
            }
        }
        List<Object> instances = new ArrayList<>();
        ExecutableInvoker invoker = context.getExecutableInvoker();
        for (Class<?> type : types) {
            Constructor<?> constructor = type.getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            instances.add(invoker.invoke(constructor, instances.isEmpty() ? null : instances.getLast()));
        }
        return instances;
    }

    private void invokeAll(
            Object instance,
            Class<? extends java.lang.annotation.Annotation> annotation,
            HierarchyTraversalMode order) {
        for (Method method : AnnotationSupport.findAnnotatedMethods(instance.getClass(), annotation, order)) {
            context.getExecutableInvoker().invoke(method, instance);
        }
    }
}
