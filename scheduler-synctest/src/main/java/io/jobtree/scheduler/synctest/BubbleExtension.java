package io.jobtree.scheduler.synctest;

import io.jobtree.scheduler.synctest.agent.Agent;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/// Has JUnit's calls of a test run in a bubble, for [VirtualTime] and [Schedules].
///
/// In virtual time one bubble spans a test's constructor, its `@BeforeEach` methods, itself and its `@AfterEach`
/// methods. Under schedules the extension does all of that itself, as often as there are schedules, and skips JUnit's.
final class BubbleExtension
        implements InvocationInterceptor,
                AfterEachCallback,
                TestInstancePreConstructCallback,
                TestTemplateInvocationContextProvider {
    private static final Namespace NAMESPACE = Namespace.create(BubbleExtension.class);
    private static final String SEED = "seed";

    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    // ---- JUnit's calls

    /// Before the constructor's parameters are made.
    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        if (context.getTestMethod().isPresent()) {
            context.getStore(NAMESPACE).put(OpenSchedulers.class, OpenSchedulers.now());
        }
    }

    @Override
    public <T> T interceptTestClassConstructor(
            Invocation<T> invocation, ReflectiveInvocationContext<Constructor<T>> call, ExtensionContext context)
            throws Throwable {
        boolean perClass = context.getTestInstanceLifecycle().orElse(Lifecycle.PER_METHOD) == Lifecycle.PER_CLASS;
        if (perClass || context.getTestMethod().isEmpty() || settings(context).schedules() != null) {
            return invocation.proceed();
        }
        Session session = session(context);
        try {
            return inBubble(session, invocation, call);
        } catch (Throwable failure) {
            session.close();
            throw failure;
        }
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
            throws Throwable {
        aroundTest(invocation, call, context);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
            throws Throwable {
        aroundTest(invocation, call, context);
    }

    private static void aroundTest(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
            throws Throwable {
        if (settings(context).schedules() != null) {
            ensureNoScheduler(call);
            invocation.skip();
        } else if (session(context).isOver()) {
            invocation.skip();
        } else {
            inBubble(session(context), invocation, call);
        }
    }

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
            throws Throwable {
        test(invocation, call, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
            throws Throwable {
        test(invocation, call, context);
    }

    @Override
    public <T extends @Nullable Object> T interceptTestFactoryMethod(
            Invocation<T> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context) {
        throw new ExtensionConfigurationException("A @TestFactory cannot run in a bubble: "
                + call.getExecutable().getName() + "; use a @ParameterizedTest, or Bubble.run in each dynamic test");
    }

    private static void test(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
            throws Throwable {
        Settings settings = settings(context);
        if (settings.schedules() == null) {
            inBubble(session(context), invocation, call);
            return;
        }
        ensureNoScheduler(call);
        invocation.skip();
        Long seed = context.getStore(NAMESPACE).get(SEED, Long.class);
        ScheduledTest test = new ScheduledTest(settings, call, context);
        if (seed == null) {
            test.run();
        } else {
            test.run(seed);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Session session = context.getStore(NAMESPACE).get(Session.class, Session.class);
        if (session != null) {
            try {
                session.close();
            } catch (Throwable failure) {
                throw Sneaky.rethrow(failure);
            }
        }
    }

    private static void ensureNoScheduler(ReflectiveInvocationContext<Method> call) {
        if (OpenSchedulers.areAmong(call.getArguments())) {
            throw new ExtensionConfigurationException("A Scheduler as a parameter is one for all @Schedules: "
                    + call.getExecutable().getName() + "; open one in the test");
        }
    }

    private static <T extends @Nullable Object> T inBubble(
            Session session, Invocation<T> invocation, ReflectiveInvocationContext<?> call) throws Throwable {
        if (session.isOver()) {
            throw new IllegalStateException("The bubble is over");
        }
        session.give(call.getArguments());
        return session.call(() -> {
            try {
                return invocation.proceed();
            } catch (Throwable failure) {
                throw Sneaky.rethrow(failure);
            }
        });
    }

    private static Settings settings(ExtensionContext context) {
        Agent.ensureInstalled(); // before anything of the runtime is touched, which only the agent brings
        return Settings.of(context);
    }

    private static Session session(ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        Session session = store.get(Session.class, Session.class);
        if (session == null) {
            OpenSchedulers before = store.remove(OpenSchedulers.class, OpenSchedulers.class);
            session = Session.open(settings(context).plan(null), before == null ? OpenSchedulers.now() : before);
            store.put(Session.class, session);
        }
        return session;
    }

    // ---- one invocation a schedule

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getRequiredTestMethod().isAnnotationPresent(TestTemplate.class)
                && settings(context).schedules() != null;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        return settings(context).seeds().mapToObj(OneSchedule::new);
    }

    private record OneSchedule(long seed) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return "schedule " + seed;
        }

        @Override
        public void prepareInvocation(ExtensionContext context) {
            context.getStore(NAMESPACE).put(SEED, seed);
        }
    }
}
