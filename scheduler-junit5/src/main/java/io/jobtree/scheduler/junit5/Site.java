package io.jobtree.scheduler.junit5;

import java.util.List;
import java.util.stream.Stream;

/// Where something was started.
sealed interface Site {
    /// Deep enough for the engine's frames and the nearest of the user's.
    int NEAR_FRAMES = 32;

    List<StackTraceElement> frames();

    /// Cheap whatever the depth of the stack: JUnit's own is about a hundred frames.
    static Site near() {
        return new Near(StackWalker.getInstance()
                .walk(frames -> frames.limit(NEAR_FRAMES).toList()));
    }

    static Site whole() {
        return new Whole(new Throwable());
    }

    /// The classes whose static initializers were at work.
    default Stream<String> initializedClasses() {
        return frames().stream()
                .filter(frame -> frame.getMethodName().equals("<clinit>"))
                .map(StackTraceElement::getClassName);
    }

    default boolean isInitializer() {
        return initializedClasses().findAny().isPresent();
    }

    record Near(List<StackWalker.StackFrame> walked) implements Site {
        @Override
        public List<StackTraceElement> frames() {
            return walked.stream()
                    .map(StackWalker.StackFrame::toStackTraceElement)
                    .toList();
        }
    }

    record Whole(Throwable throwable) implements Site {
        @Override
        public List<StackTraceElement> frames() {
            return List.of(throwable.getStackTrace());
        }
    }
}
