package io.jobtree.scheduler.junit5.find;

import java.util.List;
import java.util.stream.Stream;

/// Where something was started.
///
/// A throwable keeps the raw stack, and makes frames of it only when asked: 1 to 4 microseconds. A `StackWalker` that
/// stops where the engine's frames end is no cheaper.
public record Site(Throwable throwable) {
    public static Site here() {
        return new Site(new Throwable());
    }

    public List<StackTraceElement> frames() {
        return List.of(throwable.getStackTrace());
    }

    /// The classes whose static initializers were at work.
    public Stream<String> initializedClasses() {
        return frames().stream()
                .filter(frame -> frame.getMethodName().equals("<clinit>"))
                .map(StackTraceElement::getClassName);
    }

    public boolean isInitializer() {
        return initializedClasses().findAny().isPresent();
    }

    /// Not what virtual threads run on: that is made with one of them in its stack, too.
    boolean isVirtualThreadsConstructor() {
        return isConstructorOf("java.lang.VirtualThread");
    }

    boolean isConstructorOf(String className) {
        return frames().stream()
                .anyMatch(frame -> frame.getMethodName().equals("<init>")
                        && frame.getClassName().equals(className));
    }
}
