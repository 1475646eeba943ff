package io.jobtree.scheduler.junit5;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestInstanceFactory;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/// Whether a test has extensions that may give it objects which outlive it.
final class OtherExtensions {
    private static final String AUTO_DETECTION = "junit.jupiter.extensions.autodetection.enabled";

    /// Prefixes of the names of extensions that give none.
    private static final List<String> HARMLESS = List.of(
            "io.jobtree.scheduler.junit5.LeakedJobsExtension",
            "org.junit.jupiter.",
            "org.junitpioneer.",
            "org.mockito.",
            "org.assertj.",
            "org.jmock.");

    /// Types of extensions that give objects to tests, if they are on all of them.
    private static final List<Class<? extends Extension>> GIVERS =
            List.of(ParameterResolver.class, TestInstancePostProcessor.class, TestInstanceFactory.class);

    private static final List<Class<? extends Extension>> GIVEN_INSTANCE =
            List.of(TestInstancePostProcessor.class, TestInstanceFactory.class);

    /// One that repeats tests may bring others that give.
    private static final List<Class<? extends Extension>> GIVING_PARAMETERS =
            List.of(ParameterResolver.class, TestTemplateInvocationContextProvider.class);

    private static final ClassValue<Boolean> ON_CLASS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return isAny(type) || ON_MEMBERS.get(type);
        }
    };

    /// A test may call those in fields.
    private static final ClassValue<Boolean> ON_MEMBERS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return !findFields(type, RegisterExtension.class).isEmpty()
                    || findFields(type, ExtendWith.class).stream().anyMatch(OtherExtensions::isAny)
                    || executables(type).anyMatch(OtherExtensions::isAnyOnParameter);
        }
    };

    private static final ClassValue<Boolean> GIVE_TO_CLASS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return on(type).anyMatch(extension -> mayGive(extension, type)) || ON_MEMBERS.get(type);
        }
    };

    /// Whether a test class takes anything that is not its own: a parameter, or a field with an annotation.
    private static final ClassValue<Boolean> TAKES = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return executables(type).anyMatch(each -> each.getParameterCount() > (isInner(each) ? 1 : 0))
                    || ReflectionSupport.findFields(type, OtherExtensions::isGiven, HierarchyTraversalMode.TOP_DOWN)
                            .stream()
                            .findAny()
                            .isPresent();
        }
    };

    private OtherExtensions() {}

    static boolean areOn(ExtensionContext context) {
        return are(context, ON_CLASS)
                || context.getTestMethod().map(OtherExtensions::isAnyOnMethod).orElse(false);
    }

    /// Whether one of them can have given an object to the test, so that the test calls what is not its own.
    static boolean mayGive(ExtensionContext context) {
        return are(context, GIVE_TO_CLASS)
                || context.getTestMethod()
                        .filter(OtherExtensions::isAnyOnMethod)
                        .map(method ->
                                on(method).anyMatch(extension -> mayGive(extension, context.getRequiredTestClass())))
                        .orElse(false);
    }

    private static boolean are(ExtensionContext context, ClassValue<Boolean> onClass) {
        boolean areOnAll = areOnAll(context);
        for (@Nullable Class<?> type = context.getTestClass().orElse(null);
                type != null;
                type = type.getEnclosingClass()) {
            if (onClass.get(type) || (areOnAll && TAKES.get(type))) {
                return true;
            }
        }
        return false;
    }

    /// By a parameter, or since it gets at the instance.
    private static boolean mayGive(Class<?> extension, Class<?> testClass) {
        return !isHarmless(extension)
                && (isOneOf(GIVEN_INSTANCE, extension)
                        || (isOneOf(GIVING_PARAMETERS, extension) && TAKES.get(testClass))
                        || ExtensionCode.mayGetInstance(extension));
    }

    private static boolean isOneOf(List<Class<? extends Extension>> types, Class<?> extension) {
        return types.stream().anyMatch(type -> type.isAssignableFrom(extension));
    }

    /// Whether others are auto-detected that may give something to any test.
    private static boolean areOnAll(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(OtherExtensions.class))
                .getOrComputeIfAbsent(OtherExtensions.class, key -> areAutoDetected(context), Boolean.class);
    }

    private static boolean areAutoDetected(ExtensionContext context) {
        boolean isOn = context.getConfigurationParameter(AUTO_DETECTION)
                .map(Boolean::parseBoolean)
                .orElse(false);
        try {
            return isOn
                    && ServiceLoader.load(Extension.class).stream()
                            .map(ServiceLoader.Provider::type)
                            .anyMatch(type -> !isHarmless(type) && isOneOf(GIVERS, type));
        } catch (ServiceConfigurationError e) {
            return false; // JUnit says so itself
        }
    }

    private static Stream<Executable> executables(Class<?> type) {
        return Stream.concat(
                Stream.of(type.getDeclaredConstructors()),
                ReflectionSupport.findMethods(
                        type,
                        method -> method.getParameterCount() > 0 && isJUnits(method),
                        HierarchyTraversalMode.TOP_DOWN)
                        .stream());
    }

    /// A test, or something that is run before or after tests.
    private static boolean isJUnits(Executable method) {
        return Stream.of(method.getDeclaredAnnotations())
                .anyMatch(annotation -> isJUnits(annotation) || isJUnitsMeta(annotation.annotationType()));
    }

    private static boolean isJUnitsMeta(Class<? extends Annotation> type) {
        return Stream.of(type.getDeclaredAnnotations()).anyMatch(OtherExtensions::isJUnits);
    }

    private static boolean isInner(Executable constructor) {
        Class<?> type = constructor.getDeclaringClass();
        return constructor instanceof Constructor && type.isMemberClass() && !Modifier.isStatic(type.getModifiers());
    }

    private static boolean isGiven(Field field) {
        return Stream.of(field.getDeclaredAnnotations()).anyMatch(annotation -> !isJUnits(annotation));
    }

    private static List<Field> findFields(Class<?> type, Class<? extends Annotation> annotation) {
        return AnnotationSupport.findAnnotatedFields(type, annotation);
    }

    private static boolean isAnyOnParameter(Executable executable) {
        return executable.getParameterCount() > 0
                && Stream.of(executable.getParameters()).anyMatch(OtherExtensions::isAny);
    }

    /// Most methods have no annotation but one of JUnit's, which adds no extension of somebody else's.
    private static boolean isAnyOnMethod(Executable method) {
        return Stream.of(method.getDeclaredAnnotations())
                        .anyMatch(annotation -> !isJUnits(annotation) || isExtendWith(annotation))
                && isAny(method);
    }

    private static boolean isExtendWith(Annotation annotation) {
        return annotation.annotationType().getPackage().equals(ExtendWith.class.getPackage());
    }

    private static boolean isJUnits(Annotation annotation) {
        return annotation.annotationType().getName().startsWith("org.junit.");
    }

    private static boolean isAny(AnnotatedElement element) {
        return on(element).anyMatch(type -> !isHarmless(type));
    }

    private static Stream<Class<? extends Extension>> on(AnnotatedElement element) {
        return AnnotationSupport.findRepeatableAnnotations(element, ExtendWith.class).stream()
                .flatMap(extendWith -> Stream.of(extendWith.value()));
    }

    private static boolean isHarmless(Class<?> type) {
        return HARMLESS.stream().anyMatch(prefix -> type.getName().startsWith(prefix));
    }
}
