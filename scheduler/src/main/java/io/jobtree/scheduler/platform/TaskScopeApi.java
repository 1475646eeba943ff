package io.jobtree.scheduler.platform;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The one file that knows `java.util.concurrent.StructuredTaskScope`.
///
/// In JDK 25 to 27 that is a preview: a class file that names it runs only on the JDK that compiled it,
/// and only with a flag. Looked up by name it needs neither, and one class file serves all.
///
/// Used is what these JDKs and the permanent API of JDK 28 have in common: a joiner of one's own, `open`
/// with a configuration, `fork`, `join`, `close`. All types of the API are `Object` here.
///
/// The methods become objects like those of lambdas, not method handles: a call through a handle has the JDK
/// generate code at the first call and at the 127th, for which a thread that is close to the end of its stack has
/// no room.
///
/// @param open from the function that configures, to a scope whose joiner keeps nothing
/// @param withName from a configuration and a name, to a configuration
/// @param withThreadFactory from a configuration and a factory, to a configuration
/// @param fork starts a thread of a scope for a task
/// @param join waits for all threads of a scope
/// @param close closes a scope
/// @param structureViolation what `fork` throws where scoped values were bound since `open`
record TaskScopeApi(
        Function<UnaryOperator<Object>, Object> open,
        BiFunction<Object, String, Object> withName,
        BiFunction<Object, ThreadFactory, Object> withThreadFactory,
        BiConsumer<Object, Callable<?>> fork,
        Join join,
        Consumer<Object> close,
        Class<?> structureViolation) {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    /// What a joiner may have to implement. From JDK 27 on there is `timeout`, which is called only in a
    /// scope that has one.
    private static final Set<String> KNOWN_OF_JOINER = Set.of("result", "timeout");

    /// What waits for all threads of a scope. With a joiner that keeps nothing it throws nothing else.
    @FunctionalInterface
    interface Join {
        void join(Object scope) throws InterruptedException;
    }

    /// Finds the API of this JDK.
    ///
    /// @throws Throwable if it is none of those that are known
    static TaskScopeApi lookUp() throws Throwable {
        var scope = type("StructuredTaskScope");
        var joiner = type("StructuredTaskScope$Joiner");
        var configuration = type("StructuredTaskScope$Configuration");
        var subtask = type("StructuredTaskScope$Subtask");
        return new TaskScopeApi(
                open(scope, joiner),
                method(BiFunction.class, "apply", configuration, "withName", methodType(configuration, String.class)),
                method(
                        BiFunction.class,
                        "apply",
                        configuration,
                        "withThreadFactory",
                        methodType(configuration, ThreadFactory.class)),
                method(BiConsumer.class, "accept", scope, "fork", methodType(subtask, Callable.class)),
                method(Join.class, "join", scope, "join", methodType(Object.class)),
                method(Consumer.class, "accept", scope, "close", methodType(void.class)),
                type("StructureViolationException"));
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName("java.util.concurrent." + name, false, null);
    }

    @SuppressWarnings("unchecked")
    private static Function<UnaryOperator<Object>, Object> open(Class<?> scope, Class<?> joiner) throws Throwable {
        var open = findOpen(scope, joiner);
        return (Function<UnaryOperator<Object>, Object>) LambdaMetafactory.metafactory(
                        LOOKUP,
                        "apply",
                        methodType(Function.class, joiner),
                        methodType(Object.class, Object.class),
                        open,
                        open.type().dropParameterTypes(0, 1))
                .getTarget()
                .invoke(forgetful(joiner));
    }

    private static MethodHandle findOpen(Class<?> scope, Class<?> joiner) throws ReflectiveOperationException {
        try {
            return LOOKUP.findStatic(scope, "open", methodType(scope, joiner, UnaryOperator.class));
        } catch (NoSuchMethodException beforeJdk26) {
            return LOOKUP.findStatic(scope, "open", methodType(scope, joiner, Function.class));
        }
    }

    /// The method as an object of a functional interface.
    @SuppressWarnings("unchecked")
    private static <F> F method(
            Class<? super F> functional, String called, Class<?> owner, String name, MethodType type) throws Throwable {
        var handle = LOOKUP.findVirtual(owner, name, type);
        boolean returns = functional == BiFunction.class;
        var instantiated = returns ? handle.type() : handle.type().changeReturnType(void.class);
        return (F) LambdaMetafactory.metafactory(
                        LOOKUP,
                        called,
                        methodType(functional),
                        returns
                                ? instantiated.generic()
                                : instantiated.generic().changeReturnType(void.class),
                        handle,
                        instantiated)
                .getTarget()
                .invoke();
    }

    /// A joiner that keeps nothing: outcomes live in the jobs.
    private static Object forgetful(Class<?> joiner) throws Throwable {
        for (var method : joiner.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers()) && !KNOWN_OF_JOINER.contains(method.getName())) {
                throw new NoSuchMethodException("a joiner has to implement an unknown " + method);
            }
        }
        var result = methodType(Object.class);
        return LambdaMetafactory.metafactory(
                        LOOKUP,
                        "result",
                        methodType(joiner),
                        result,
                        LOOKUP.findStatic(TaskScopeApi.class, "nothing", result),
                        result)
                .getTarget()
                .invoke();
    }

    @SuppressWarnings("unused") // The joiner calls it.
    private static @Nullable Object nothing() {
        return null;
    }
}
