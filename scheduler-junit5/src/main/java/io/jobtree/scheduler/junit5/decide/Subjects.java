package io.jobtree.scheduler.junit5.decide;

import org.junit.jupiter.api.extension.ExtensionContext;

/// What a test or class is called in the baseline.
final class Subjects {
    /// What no test or class is known to have left.
    static final String SESSION = "the session";

    private Subjects() {}

    /// `com.acme.MailTest.sendsMail`, the same for all invocations of it; `com.acme.MailTest`
    static String of(ExtensionContext context) {
        for (ExtensionContext each = context; ; ) {
            String type = each.getTestClass().map(Class::getName).orElse("");
            if (!type.isEmpty()) {
                return type
                        + each.getTestMethod()
                                .map(method -> "." + method.getName())
                                .orElse("");
            }
            ExtensionContext parent = each.getParent().orElse(null);
            if (parent == null) {
                return SESSION;
            }
            each = parent;
        }
    }
}
