package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.otel.compat.Target;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class ObservedTest {
    @Test
    void threadThatOutlivesAnApplication_doesNotKeepItsClassLoader() throws Exception {
        var loader = new WeakReference<ClassLoader>(observeInAnotherLoader());

        Awaitility.await().until(() -> {
            System.gc();
            return loader.refersTo(null);
        });
    }

    private static ClassLoader observeInAnotherLoader() throws Exception {
        var own = new OwnObserved();
        var isFirst = own.loadClass(Observed.class.getName())
                .getDeclaredMethod("isFirst", long.class, WeakReference.class, boolean.class);
        isFirst.setAccessible(true);
        isFirst.invoke(null, 1L, new WeakReference<Target>(null), false);
        return own;
    }

    /// Has a class of its own of what is tested, and shares all others.
    private static final class OwnObserved extends ClassLoader {
        OwnObserved() throws IOException {
            super(Observed.class.getClassLoader());
            var name = Observed.class.getName();
            try (var file = Objects.requireNonNull(Observed.class.getResourceAsStream("Observed.class"))) {
                var bytes = file.readAllBytes();
                defineClass(name, bytes, 0, bytes.length);
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            var own = findLoadedClass(name);
            return own == null ? super.loadClass(name, resolve) : own;
        }
    }
}
