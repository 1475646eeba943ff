package io.jobtree.scheduler.junit5.decide;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/// The tests and classes of a run that were checked, by what the baseline calls them. Only what has run as a whole says
/// that a leak has gone: of a class of which one test was chosen, skipped or failed, another may leave it.
final class Checked {
    private final Set<String> checked = ConcurrentHashMap.newKeySet();
    private final Set<String> cutShort = ConcurrentHashMap.newKeySet();
    private final Map<String, Class<?>> classes = new ConcurrentHashMap<>();

    void add(ExtensionContext context, boolean hasRunToItsEnd) {
        String subject = Subjects.of(context);
        if (subject.equals(Subjects.SESSION)) {
            return; // the run may be a part of the build's, and the tests that leave it are not known
        }
        (hasRunToItsEnd ? checked : cutShort).add(subject);
        if (context.getTestMethod().isEmpty()) {
            context.getTestClass()
                    .filter(type -> type.getName().equals(subject))
                    .ifPresent(type -> classes.put(subject, type));
        }
    }

    boolean isWhole(String subject) {
        Class<?> type = classes.get(subject);
        return hasRun(subject) && (type == null || haveAllTestsRun(type));
    }

    private boolean hasRun(String subject) {
        return checked.contains(subject) && !cutShort.contains(subject);
    }

    private boolean haveAllTestsRun(Class<?> type) {
        boolean haveMethods =
                AnnotationSupport.findAnnotatedMethods(type, Testable.class, HierarchyTraversalMode.TOP_DOWN).stream()
                        .allMatch(method -> hasRun(type.getName() + "." + method.getName()));
        return haveMethods
                && ReflectionSupport.findNestedClasses(
                                type, nested -> AnnotationSupport.isAnnotated(nested, Nested.class))
                        .stream()
                        .allMatch(nested -> isWhole(nested.getName()));
    }
}
