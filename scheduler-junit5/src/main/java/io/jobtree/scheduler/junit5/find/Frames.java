package io.jobtree.scheduler.junit5.find;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What of a stack a reader wants to see: the user's own frames, and what the innermost of them called.
public record Frames(@Nullable StackTraceElement called, List<StackTraceElement> user, int folded) {
    private static final Set<String> OWN_PACKAGES = Set.of(
            "io.jobtree.scheduler",
            "io.jobtree.scheduler.engine",
            "io.jobtree.scheduler.picture",
            "io.jobtree.scheduler.platform",
            "io.jobtree.scheduler.junit5",
            "io.jobtree.scheduler.junit5.agent",
            "io.jobtree.scheduler.junit5.decide",
            "io.jobtree.scheduler.junit5.find",
            "io.jobtree.scheduler.junit5.hook",
            "io.jobtree.scheduler.junit5.leak",
            "io.jobtree.scheduler.junit5.report",
            "io.jobtree.scheduler.junit5.settings",
            "io.jobtree.scheduler.junit5.threads",
            "io.jobtree.scheduler.text",
            "io.jobtree.scheduler.timeline",
            "io.jobtree.scheduler.otel",
            "io.jobtree.scheduler.synctest.runtime");
    private static final List<String> PLATFORM = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");
    private static final List<String> TEST_PLATFORM = List.of(
            "org.junit.",
            "org.assertj.",
            "org.hamcrest.",
            "org.awaitility.",
            "org.mockito.",
            "org.apache.maven.surefire.",
            "org.gradle.",
            "com.intellij.rt.",
            "org.eclipse.jdt.internal.junit");

    public static Frames of(List<StackTraceElement> stack) {
        List<StackTraceElement> user = new ArrayList<>();
        StackTraceElement called = null;
        StackTraceElement inner = null;
        for (StackTraceElement frame : withoutLauncher(stack)) {
            if (isUsers(frame)) {
                if (user.isEmpty()) {
                    called = inner;
                }
                user.add(frame);
            }
            inner = frame;
        }
        return new Frames(user.isEmpty() ? innermostPublic(stack) : called, user, stack.size() - user.size());
    }

    /// What is outside of JUnit has started it: a build tool, an IDE, somebody's `main`.
    private static List<StackTraceElement> withoutLauncher(List<StackTraceElement> stack) {
        int end = stack.size();
        while (end > 0 && !stack.get(end - 1).getClassName().startsWith("org.junit.")) {
            end--;
        }
        return end == 0 ? stack : stack.subList(0, end);
    }

    public static boolean isUsers(StackTraceElement frame) {
        return !isOwn(frame) && !startsWithOneOf(frame, PLATFORM) && !startsWithOneOf(frame, TEST_PLATFORM);
    }

    public static boolean isOwn(StackTraceElement frame) {
        String type = frame.getClassName();
        int dot = type.lastIndexOf('.');
        return dot > 0 && OWN_PACKAGES.contains(type.substring(0, dot));
    }

    public static boolean isPlatform(StackTraceElement frame) {
        return startsWithOneOf(frame, PLATFORM);
    }

    private static @Nullable StackTraceElement innermostPublic(List<StackTraceElement> stack) {
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (!type.startsWith("jdk.")
                    && !type.startsWith("java.lang.")
                    && !type.startsWith("java.util.concurrent.locks.")) {
                return frame;
            }
        }
        return stack.isEmpty() ? null : stack.getFirst();
    }

    private static boolean startsWithOneOf(StackTraceElement frame, List<String> prefixes) {
        for (String prefix : prefixes) {
            if (frame.getClassName().startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /// The user's innermost frame.
    public @Nullable StackTraceElement first() {
        return user.isEmpty() ? null : user.getFirst();
    }

    /// `OrderService.java:42`
    public static String line(StackTraceElement frame) {
        if (frame.getFileName() == null) {
            return frame.getClassName();
        }
        return frame.getLineNumber() < 0 ? frame.getFileName() : frame.getFileName() + ":" + frame.getLineNumber();
    }

    /// `CountDownLatch.await`; a lambda has the name of the method around it.
    public static String shortMethod(StackTraceElement frame) {
        String type = frame.getClassName();
        String method = enclosing(frame.getMethodName());
        String simple = type.substring(type.lastIndexOf('.') + 1);
        // Nobody knows the engine's own class, but its interface.
        return (isOwn(frame) && simple.equals("JobImpl") ? "Job" : simple) + "." + method;
    }

    /// `com.acme.Pool.open` of each of the user's frames; a lambda has the name of the method around it.
    public List<String> methods() {
        return user.stream().map(Frames::method).toList();
    }

    public static String method(StackTraceElement frame) {
        return frame.getClassName() + "." + enclosing(frame.getMethodName());
    }

    private static String enclosing(String method) {
        if (!method.startsWith("lambda$")) {
            return method;
        }
        String around = method.substring("lambda$".length(), Math.max(method.lastIndexOf('$'), "lambda$".length()));
        return switch (around) {
            case "static" -> "<clinit>";
            case "new" -> "<init>";
            default -> around;
        };
    }

    /// The stack from the user's innermost frame to the outermost one, so that an IDE jumps there, without frames of
    /// ours.
    public static List<StackTraceElement> fromUsers(List<StackTraceElement> stack) {
        List<StackTraceElement> inside = withoutLauncher(stack);
        int from = 0;
        while (from < inside.size() && !isUsers(inside.get(from))) {
            from++;
        }
        int to = inside.size();
        while (to > from && !isUsers(inside.get(to - 1))) {
            to--;
        }
        return from == to
                ? stack
                : inside.subList(from, to).stream()
                        .filter(frame -> !isOwn(frame))
                        .toList();
    }

    /// As in a stack trace, without the module and the loader: consoles and IDEs make a link of it.
    public static String link(StackTraceElement frame) {
        String place =
                frame.isNativeMethod() ? "Native Method" : frame.getFileName() == null ? "Unknown Source" : line(frame);
        return frame.getClassName() + "." + frame.getMethodName() + "(" + place + ")";
    }
}
