package io.jobtree.proof.faults;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What was logged.
final class Said extends Handler {
    private static final AtomicInteger WARNINGS = new AtomicInteger();

    private Said() {}

    /// Counts, and prints nothing: a sweep makes many thousands.
    static void listen() {
        LogManager.getLogManager().reset();
        Logger.getLogger("").addHandler(new Said());
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> WARNINGS.incrementAndGet());
    }

    static void forget() {
        WARNINGS.set(0);
    }

    static boolean anything() {
        return WARNINGS.get() > 0;
    }

    @Override
    public void publish(LogRecord logged) {
        if (logged.getLevel().intValue() >= Level.WARNING.intValue()) {
            WARNINGS.incrementAndGet();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
