package io.jobtree.scheduler.junit5.settings;

import io.jobtree.scheduler.junit5.AllowLeakedJobs;
import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.ExpectLeakedJobs;
import io.jobtree.scheduler.junit5.NoLeakedJobs;
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
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.AnnotationSupport;

/// How one test, class or session is watched: read from annotations, where there are none from configuration
/// parameters.
public record Settings(
        int graceMillis,
        Mode mode,
        Scope scope,
        After after,
        Threads threads,
        int maxReported,
        Failures failures,
        SitePolicy sites,
        List<Allowance> allowed,
        @Nullable ExpectLeakedJobs expected) {
    private static final Pattern COMMA = Pattern.compile(",");
    private static final int DEFAULT_GRACE_MILLIS = 500;
    private static final int DEFAULT_MAX_REPORTED = 10;

    /// Whether an annotation is one of ours, or has one of ours on it.
    private static final ClassValue<Boolean> IS_OURS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return type.getPackage() == NoLeakedJobs.class.getPackage()
                    || AnnotationSupport.isAnnotated(type, NoLeakedJobs.class)
                    || AnnotationSupport.isAnnotated(type, ExpectLeakedJobs.class)
                    || !AnnotationSupport.findRepeatableAnnotations(type, AllowLeakedJobs.class)
                            .isEmpty();
        }
    };

    /// Those where there is no annotation.
    ///
    /// @param watchesAll whether tests without an annotation are watched: they have nothing of Jobtree, so threads
    /// are
    ///     what counts
    public static Settings configured(Parameters parameters, boolean watchesAll) {
        return new Settings(
                parameters.number("grace", DEFAULT_GRACE_MILLIS, 0),
                parameters.baseline().isPresent() ? Mode.FAIL : parameters.oneOf("mode", Mode.FAIL),
                parameters.oneOf("scope", Scope.AUTO),
                parameters.oneOf("after", After.CANCEL),
                parameters.oneOf("threads", watchesAll ? Threads.ALL : Threads.NONE),
                parameters.number("maxReported", DEFAULT_MAX_REPORTED, 1),
                parameters.oneOf("failures", Failures.REPORT),
                parameters.oneOf("sites", SitePolicy.AUTO),
                parameters.text("allow").map(Settings::allowances).orElse(List.of()),
                null);
    }

    private static List<Allowance> allowances(String text) {
        return COMMA.splitAsStream(text)
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .map(Allowance::parse)
                .toList();
    }

    /// These, as the annotations on a class or method change them.
    public Settings on(AnnotatedElement element) {
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
        List<Allowance> all = new ArrayList<>(allowed);
        for (AllowLeakedJobs annotation : allowances) {
            require(
                    !annotation.reason().isBlank(),
                    "@AllowLeakedJobs: reason must not be blank; say why they may leak",
                    element);
            Allowance allowance = Allowance.of(annotation);
            require(!allowance.isEverything(), "@AllowLeakedJobs: name, site or kinds must be given", element);
            all.add(allowance);
        }
        return new Settings(
                graceMillis, mode, scope, after, threads, maxReported, failures, sites, List.copyOf(all), expected);
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
    public Settings warning() {
        Mode quiet = isOff() ? Mode.OFF : Mode.WARN;
        return new Settings(graceMillis, quiet, scope, after, threads, maxReported, failures, sites, allowed, expected);
    }

    /// Those of a dynamic test, when these are those of its factory: it is the factory that is expected to leak.
    public Settings ofDynamicTest() {
        return new Settings(graceMillis, mode, scope, after, threads, maxReported, failures, sites, allowed, null);
    }

    public boolean isOff() {
        return mode == Mode.OFF;
    }

    public boolean watchesThreads() {
        return threads != Threads.NONE && !isOff();
    }

    public boolean watchesVirtualThreads() {
        return threads.areVirtual() && !isOff();
    }

    public boolean watchesPlatformThreads() {
        return threads.arePlatform() && !isOff();
    }

    public boolean allowsAnything() {
        return !allowed.isEmpty();
    }

    /// Whether something is allowed.
    ///
    /// @param names all of which must be allowed
    /// @param sites gives the `class.method`s of the user's frames; asked only if that matters
    public boolean allows(Kind kind, List<String> names, Supplier<List<String>> sites) {
        return !allowed.isEmpty() && allowed.stream().anyMatch(allowance -> allowance.allows(kind, names, sites.get()));
    }

    private static void require(boolean holds, String otherwise, AnnotatedElement element) {
        if (!holds) {
            throw new ExtensionConfigurationException(otherwise + " (on " + element + ")");
        }
    }
}
