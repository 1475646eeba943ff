package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.decide.LeakCheck;
import io.jobtree.scheduler.junit5.decide.Session;
import io.jobtree.scheduler.junit5.find.CurrentOrigin;
import io.jobtree.scheduler.junit5.find.Inherited;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Origin.Level;
import io.jobtree.scheduler.junit5.report.Labels;
import io.jobtree.scheduler.junit5.settings.Settings;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/// Watches tests for leaked jobs; see [NoLeakedJobs]. Public for JUnit's sake: it is registered by the annotation, or
/// by JUnit's extension auto-detection.
///
/// All state is in JUnit's stores.
public final class LeakedJobsExtension
        implements BeforeAllCallback,
                TestInstancePreConstructCallback,
                BeforeEachCallback,
                InvocationInterceptor,
                ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(LeakedJobsExtension.class);

    /// JUnit makes the extension.
    public LeakedJobsExtension() {}

    /// The constructor of a test's own instance is part of the test, and the check put into the store so early closes
    /// last.
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        LeakCheck check = begin(context);
        context.getTestInstance().ifPresent(shared -> check.origin().setInstance(shared));
    }

    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        begin(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        begin(context).ran();
    }

    /// An instance per class is made before `beforeAll`.
    private static LeakCheck begin(ExtensionContext context) {
        return context.getTestMethod().isPresent()
                ? begin(context, Level.TEST, List.of())
                : begin(context, Level.CLASS, classes(context.getRequiredTestClass()));
    }

    /// Begins the watch unless it has begun.
    private static LeakCheck begin(ExtensionContext context, Level level, List<Class<?>> classes) {
        Store store = context.getStore(NAMESPACE);
        LeakCheck nearest = store.get(LeakCheck.class, LeakCheck.class);
        if (nearest != null && nearest.isOf(context)) {
            return nearest;
        }
        Session session = nearest == null ? Session.of(context, LeakedJobsError::new) : nearest.session();
        Origin above = nearest == null ? session.origin() : nearest.origin();
        Settings settings = settings(context, nearest, session);
        var origin = new Origin(level, above, Labels.of(context), settings, classes, session.creations());
        if (settings.watchesThreads()) {
            boolean areOthers = OtherExtensions.areOn(context);
            origin.setOtherExtensions(areOthers, areOthers && OtherExtensions.mayGive(context));
        }
        LeakCheck check = LeakCheck.begin(session, origin, context);
        store.put(LeakCheck.class, check);
        if (level == Level.TEST || !session.tracker().isParallel()) {
            check.enter();
        }
        return check;
    }

    /// The nearest annotation wins. Between the class and the nearest watched context there may be others, such as a
    /// class around the test class to which the extension does not belong.
    private static Settings settings(ExtensionContext context, @Nullable LeakCheck nearest, Session session) {
        Settings outer = session.settings();
        if (nearest != null) {
            outer = nearest.origin().settings();
            outer = nearest.origin().level() == Level.TEST ? outer.ofDynamicTest() : outer;
        } else if (context.getParent().isPresent()) {
            outer = settings(context.getParent().get(), null, session);
        }
        return context.getElement().isPresent() ? outer.on(context.getElement().get()) : outer;
    }

    /// The test class first, then those that it extends, then the interfaces, which may have test methods.
    private static List<Class<?>> classes(Class<?> testClass) {
        Set<Class<?>> classes = new LinkedHashSet<>();
        for (@Nullable Class<?> type = testClass; type != null && type != Object.class; type = type.getSuperclass()) {
            classes.add(type);
        }
        for (Class<?> type : List.copyOf(classes)) {
            addInterfaces(type, classes);
        }
        return List.copyOf(classes);
    }

    private static void addInterfaces(Class<?> type, Set<Class<?>> classes) {
        for (Class<?> each : type.getInterfaces()) {
            if (classes.add(each)) {
                addInterfaces(each, classes);
            }
        }
    }

    // Whichever thread runs them: with @Timeout(threadMode = SEPARATE_THREAD) it is another one.

    @Override
    public <T> T interceptTestClassConstructor(
            Invocation<T> invocation, ReflectiveInvocationContext<Constructor<T>> target, ExtensionContext context)
            throws Throwable {
        return proceed(invocation, context);
    }

    @Override
    public void interceptBeforeAllMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> target, ExtensionContext context)
            throws Throwable {
        proceed(invocation, context);
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> target, ExtensionContext context)
            throws Throwable {
        proceed(invocation, context);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> target, ExtensionContext context)
            throws Throwable {
        proceed(invocation, context);
    }

    @Override
    public <T> T interceptTestFactoryMethod(
            Invocation<T> invocation, ReflectiveInvocationContext<Method> target, ExtensionContext context)
            throws Throwable {
        return proceed(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> target, ExtensionContext context)
            throws Throwable {
        proceed(invocation, context);
    }

    /// A dynamic test has a store of its own, and no callbacks round it.
    @Override
    public void interceptDynamicTest(
            Invocation<Void> invocation, DynamicTestInvocationContext target, ExtensionContext context)
            throws Throwable {
        begin(context, Level.TEST, List.of()).ran();
        proceed(invocation, context);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> target, ExtensionContext context)
            throws Throwable {
        proceed(invocation, context);
    }

    @Override
    public void interceptAfterAllMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> target, ExtensionContext context)
            throws Throwable {
        proceed(invocation, context);
    }

    private static <T> T proceed(Invocation<T> invocation, ExtensionContext context) throws Throwable {
        LeakCheck nearest = context.getStore(NAMESPACE).get(LeakCheck.class, LeakCheck.class);
        if (nearest == null || !nearest.origin().isOpen()) {
            return invocation.proceed();
        }
        Inherited before = CurrentOrigin.enter(nearest.origin());
        try {
            return invocation.proceed();
        } finally {
            CurrentOrigin.restore(before);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == LeakedJobs.class || (type == Scheduler.class && !isArgument(parameter));
    }

    /// A parameterized test's arguments come first, so its first parameter is one. JUnit would not let two of us have
    /// it.
    private static boolean isArgument(ParameterContext parameter) {
        if (parameter.getIndex() > 0) {
            return false;
        }
        for (Annotation annotation : parameter.getDeclaringExecutable().getAnnotations()) {
            Class<? extends Annotation> type = annotation.annotationType();
            if (isParameterized(type)
                    || Stream.of(type.getAnnotations()).anyMatch(meta -> isParameterized(meta.annotationType()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isParameterized(Class<? extends Annotation> type) {
        return type.getName().equals("org.junit.jupiter.params.ParameterizedTest");
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        LeakCheck check = begin(context);
        return parameter.getParameter().getType() == Scheduler.class
                ? check.injected()
                : new LeakedJobs(check.origin());
    }
}
