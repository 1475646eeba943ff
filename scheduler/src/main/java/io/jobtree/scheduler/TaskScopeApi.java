package io.jobtree.scheduler;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The one file that knows `java.util.concurrent.StructuredTaskScope`.
///
/// In JDK 25 to 27 that is a preview: a class file that names it runs only on the JDK that compiled it,
/// and only with a flag. Looked up by name it needs neither, and one class file serves all.
///
/// Used is what these JDKs and the permanent API of JDK 28 have in common: a joiner of one's own, `open`
/// with a configuration, `fork`, `join`, `close`. All types of the API are `Object` in the handles.
///
/// @param open from the function that configures, to a scope whose joiner keeps nothing
/// @param withName from a configuration and a name, to a configuration
/// @param withThreadFactory from a configuration and a factory, to a configuration
/// @param fork from a scope and a task, to nothing
/// @param join from a scope to nothing
/// @param close from a scope to nothing
/// @param structureViolation what `fork` throws where scoped values were bound since `open`
record TaskScopeApi(
        MethodHandle open,
        MethodHandle withName,
        MethodHandle withThreadFactory,
        MethodHandle fork,
        MethodHandle join,
        MethodHandle close,
        Class<?> structureViolation) {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    /// What a joiner may have to implement. From JDK 27 on there is `timeout`, which is called only in a
    /// scope that has one.
    private static final Set<String> KNOWN_OF_JOINER = Set.of("result", "timeout");

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
                method(configuration, Object.class, "withName", methodType(configuration, String.class)),
                method(
                        configuration,
                        Object.class,
                        "withThreadFactory",
                        methodType(configuration, ThreadFactory.class)),
                method(scope, void.class, "fork", methodType(subtask, Callable.class)),
                method(scope, void.class, "join", methodType(Object.class)),
                method(scope, void.class, "close", methodType(void.class)),
                type("StructureViolationException"));
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName("java.util.concurrent." + name, false, null);
    }

    private static MethodHandle open(Class<?> scope, Class<?> joiner) throws Throwable {
        return MethodHandles.insertArguments(findOpen(scope, joiner), 0, forgetful(joiner))
                .asType(methodType(Object.class, UnaryOperator.class));
    }

    private static MethodHandle findOpen(Class<?> scope, Class<?> joiner) throws ReflectiveOperationException {
        try {
            return LOOKUP.findStatic(scope, "open", methodType(scope, joiner, UnaryOperator.class));
        } catch (NoSuchMethodException beforeJdk26) {
            return LOOKUP.findStatic(scope, "open", methodType(scope, joiner, Function.class));
        }
    }

    private static MethodHandle method(Class<?> owner, Class<?> result, String name, MethodType type)
            throws ReflectiveOperationException {
        return LOOKUP.findVirtual(owner, name, type)
                .asType(type.insertParameterTypes(0, Object.class).changeReturnType(result));
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
