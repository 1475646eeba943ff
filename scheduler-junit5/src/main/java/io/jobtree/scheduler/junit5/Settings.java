package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.junit5.NoLeakedJobs.After;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Failures;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Mode;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Scope;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Threads;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// How one test, class or session is watched: read from annotations, where there are none from configuration
/// parameters.
record Settings(
        int graceMillis,
        Mode mode,
        Scope scope,
        After after,
        Threads threads,
        int maxReported,
        Failures failures,
        Sites.Policy sites,
        List<AllowedName> allowed,
        @Nullable ExpectLeakedJobs expected) {
    private static final String KEY = "jobtree.leaks.";
    private static final int DEFAULT_GRACE_MILLIS = 500;
    private static final int DEFAULT_MAX_REPORTED = 10;

    /// Whether an annotation is one of ours, or has one of ours on it.
    private static final ClassValue<Boolean> IS_OURS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return type.getPackage() == Settings.class.getPackage()
                    || AnnotationSupport.isAnnotated(type, NoLeakedJobs.class)
                    || AnnotationSupport.isAnnotated(type, ExpectLeakedJobs.class)
                    || !AnnotationSupport.findRepeatableAnnotations(type, AllowLeakedJobs.class)
                            .isEmpty();
        }
    };

    /// Those where there is no annotation.
    static Settings configured(ExtensionContext context) {
        Mode mode = parameter(context, "mode", Mode.FAIL, text -> oneOf(Mode.class, "mode", text));
        int grace = parameter(context, "grace", DEFAULT_GRACE_MILLIS, Settings::millis);
        Sites.Policy sites =
                parameter(context, "sites", Sites.Policy.AUTO, text -> oneOf(Sites.Policy.class, "sites", text));
        return new Settings(
                grace,
                mode,
                Scope.TEST,
                After.CANCEL,
                Threads.NONE,
                DEFAULT_MAX_REPORTED,
                Failures.REPORT,
                sites,
                List.of(),
                null);
    }

    /// These, as the annotations on a class or method change them.
    Settings on(AnnotatedElement element) {
        return element instanceof Method method && !isTouched(method) ? this : read(element);
    }

    /// Most methods have nothing of ours, which is seen faster than JUnit finds out.
    private static boolean isTouched(Method method) {
        for (Annotation annotation : method.getDeclaredAnnotations()) {
            if (IS_OURS.get(annotation.annotationType())) {
                return true;
            }
        }
        return false;
    }

    private Settings read(AnnotatedElement element) {
        var nearest = AnnotationSupport.findAnnotation(element, NoLeakedJobs.class);
        var allowances = AnnotationSupport.findRepeatableAnnotations(element, AllowLeakedJobs.class);
        var expectation = AnnotationSupport.findAnnotation(element, ExpectLeakedJobs.class);
        Settings changed = this;
        if (nearest.isPresent()) {
            changed = changed.with(nearest.get(), element);
        }
        if (!allowances.isEmpty()) {
            changed = changed.with(allowances, element);
        }
        return expectation.isPresent() ? changed.with(expectation.get(), element) : changed;
    }

    private Settings with(NoLeakedJobs rules, AnnotatedElement element) {
        require(
                rules.graceMillis() >= 0,
                "@NoLeakedJobs: graceMillis must not be negative: " + rules.graceMillis(),
                element);
        require(
                rules.maxReported() > 0,
                "@NoLeakedJobs: maxReported must be positive: " + rules.maxReported(),
                element);
        return new Settings(
                rules.graceMillis(),
                rules.mode(),
                rules.scope(),
                rules.after(),
                rules.threads(),
                rules.maxReported(),
                rules.failures(),
                sites,
                allowed,
                expected);
    }

    private Settings with(List<AllowLeakedJobs> allowances, AnnotatedElement element) {
        List<AllowedName> names = new ArrayList<>(allowed);
        for (AllowLeakedJobs allowance : allowances) {
            require(!allowance.name().isBlank(), "@AllowLeakedJobs: name must not be blank", element);
            require(
                    !allowance.reason().isBlank(),
                    "@AllowLeakedJobs: reason must not be blank; say why they may leak",
                    element);
            names.add(AllowedName.of(allowance.name()));
        }
        return new Settings(
                graceMillis, mode, scope, after, threads, maxReported, failures, sites, List.copyOf(names), expected);
    }

    private Settings with(ExpectLeakedJobs expectation, AnnotatedElement element) {
        require(
                expectation.count() >= ExpectLeakedJobs.AT_LEAST_ONE,
                "@ExpectLeakedJobs: count must not be negative: " + expectation.count(),
                element);
        require(
                !expectation.reason().isBlank(),
                "@ExpectLeakedJobs: reason must not be blank; say why it leaks",
                element);
        return new Settings(
                graceMillis, mode, scope, after, threads, maxReported, failures, sites, allowed, expectation);
    }

    /// These, but nothing fails.
    Settings warning() {
        Mode quiet = isOff() ? Mode.OFF : Mode.WARN;
        return new Settings(graceMillis, quiet, scope, after, threads, maxReported, failures, sites, allowed, expected);
    }

    /// Those of a dynamic test, when these are those of its factory: it is the factory that is expected to leak.
    Settings ofDynamicTest() {
        return new Settings(graceMillis, mode, scope, after, threads, maxReported, failures, sites, allowed, null);
    }

    boolean isOff() {
        return mode == Mode.OFF;
    }

    boolean watchesThreads() {
        return threads == Threads.VIRTUAL && !isOff();
    }

    boolean allows(String name) {
        for (AllowedName allowedName : allowed) {
            if (allowedName.matches(name)) {
                return true;
            }
        }
        return false;
    }

    private static <T> T parameter(ExtensionContext context, String name, T otherwise, Function<String, T> parse) {
        return context.getConfigurationParameter(KEY + name)
                .map(String::trim)
                .map(parse)
                .orElse(otherwise);
    }

    private static int millis(String text) {
        try {
            int millis = Integer.parseInt(text);
            if (millis >= 0) {
                return millis;
            }
        } catch (NumberFormatException e) {
            throw new ExtensionConfigurationException(KEY + "grace must be a number of milliseconds: " + text, e);
        }
        throw new ExtensionConfigurationException(KEY + "grace must not be negative: " + text);
    }

    private static <E extends Enum<E>> E oneOf(Class<E> type, String name, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        String names = List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT);
        throw new ExtensionConfigurationException(KEY + name + " must be one of " + names + ": " + text);
    }

    private static void require(boolean holds, String otherwise, AnnotatedElement element) {
        if (!holds) {
            throw new ExtensionConfigurationException(otherwise + " (on " + element + ")");
        }
    }
}
