package io.jobtree.scheduler.junit5;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.commons.support.AnnotationSupport;

/// Whether a test has extensions that may give it objects which outlive it.
final class OtherExtensions {
    /// Prefixes of the names of extensions that give none.
    private static final List<String> HARMLESS = List.of(
            "io.jobtree.scheduler.junit5.LeakedJobsExtension",
            "org.junit.jupiter.",
            "org.junitpioneer.",
            "org.mockito.",
            "org.assertj.",
            "org.jmock.");

    private static final ClassValue<Boolean> ON_CLASS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return isAny(type)
                    || !AnnotationSupport.findAnnotatedFields(type, RegisterExtension.class)
                            .isEmpty();
        }
    };

    private OtherExtensions() {}

    static boolean areOn(ExtensionContext context) {
        for (@Nullable Class<?> type = context.getTestClass().orElse(null);
                type != null;
                type = type.getEnclosingClass()) {
            if (ON_CLASS.get(type)) {
                return true;
            }
        }
        return context.getTestMethod().map(OtherExtensions::isAnyOnMethod).orElse(false);
    }

    /// Most methods have no annotation but one of JUnit's.
    private static boolean isAnyOnMethod(Executable method) {
        return Stream.of(method.getDeclaredAnnotations()).anyMatch(annotation -> !isJUnits(annotation))
                && isAny(method);
    }

    private static boolean isJUnits(Annotation annotation) {
        return annotation.annotationType().getName().startsWith("org.junit.");
    }

    private static boolean isAny(AnnotatedElement element) {
        return AnnotationSupport.findRepeatableAnnotations(element, ExtendWith.class).stream()
                .flatMap(extendWith -> Stream.of(extendWith.value()))
                .anyMatch(type ->
                        HARMLESS.stream().noneMatch(prefix -> type.getName().startsWith(prefix)));
    }
}
