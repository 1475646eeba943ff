package io.jobtree.scheduler.junit5;

import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.ExtensionContext;

/// How a test is called in messages, and the scheduler that is made for it.
final class Labels {
    private Labels() {}

    /// `OrderServiceTest.refund`, with the display name of one of several invocations: `OrderServiceTest.refund [2]
    /// EUR`
    static String of(ExtensionContext context) {
        String type = context.getTestClass().map(Labels::simpleName).orElse("");
        Method method = context.getTestMethod().orElse(null);
        if (method == null) {
            return context.getTestClass().isPresent() ? type : context.getDisplayName();
        }
        String label = type + "." + method.getName();
        String display = context.getDisplayName();
        return display.startsWith(method.getName() + "(") ? label : label + " " + display;
    }

    /// `Outer.Inner`
    private static String simpleName(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer == null ? type.getSimpleName() : simpleName(outer) + "." + type.getSimpleName();
    }
}
