package io.jobtree.scheduler.junit5.report;

import java.lang.reflect.Method;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtensionContext;

/// How a test is called in messages, and the scheduler that is made for it.
public final class Labels {
    private static final int MAX_DISPLAY = 60;
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private Labels() {}

    /// `OrderServiceTest.refund`, with the display name of one of several invocations: `OrderServiceTest.refund [2]
    /// EUR`, or of a dynamic test: `OrderServiceTest.refunds by card`
    public static String of(ExtensionContext context) {
        String type = context.getTestClass().map(Labels::simpleName).orElse("");
        String display = context.getDisplayName();
        Method method = context.getTestMethod().orElse(null);
        if (method != null) {
            String label = type + "." + method.getName();
            return display.startsWith(method.getName() + "(") ? label : label + " " + shortened(display);
        }
        ExtensionContext parent = context.getParent().orElse(null);
        if (!type.isEmpty() || parent == null) {
            return type.isEmpty() ? display : type;
        }
        return of(parent) + " " + shortened(display);
    }

    /// On one line, and no longer than a reader wants to read.
    private static String shortened(String display) {
        String line = SPACE.matcher(display).replaceAll(" ").strip();
        return line.length() <= MAX_DISPLAY ? line : line.substring(0, MAX_DISPLAY - 1) + "…";
    }

    /// `Outer.Inner`
    private static String simpleName(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer == null ? type.getSimpleName() : simpleName(outer) + "." + type.getSimpleName();
    }
}
