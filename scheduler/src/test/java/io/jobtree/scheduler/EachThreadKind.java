package io.jobtree.scheduler;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/// A test that runs twice: on a platform thread and on a virtual one.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(EachThreadKind.Kinds.class)
@interface EachThreadKind {
    /// Gives one invocation per kind.
    final class Kinds implements TestTemplateInvocationContextProvider {
        @Override
        public boolean supportsTestTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
            return Stream.of(ThreadKind.values()).map(OnThread::new);
        }
    }

    /// Runs the test method on a new thread of its kind.
    record OnThread(ThreadKind kind) implements TestTemplateInvocationContext, InvocationInterceptor {
        @Override
        public String getDisplayName(int index) {
            return "[" + kind + "]";
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public void interceptTestTemplateMethod(
                Invocation<@Nullable Void> invocation,
                ReflectiveInvocationContext<Method> reflected,
                ExtensionContext context)
                throws Throwable {
            var thrown = new AtomicReference<@Nullable Throwable>();
            var thread = kind.unstarted("test", () -> {
                try {
                    invocation.proceed();
                } catch (Throwable failure) {
                    thrown.set(failure);
                }
            });
            thread.start();
            thread.join();
            var failure = thrown.get();
            if (failure != null) {
                throw failure;
            }
        }
    }
}
