package org.springframework.test.context.cache;

/// Stands for the code of Spring's that is on the stack when a test's application context, which it caches, is loaded.
public final class CachedContext {
    private CachedContext() {}

    public static void load(Runnable beans) {
        beans.run();
    }
}
