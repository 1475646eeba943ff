package io.jobtree.scheduler.junit5;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What the extension logs, until it is closed.
public final class CapturedLog implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.jobtree.scheduler.junit5");
    private final Queue<String> messages = new ConcurrentLinkedQueue<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            messages.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    public CapturedLog() {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
    }

    public String text() {
        return String.join("\n", messages);
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
    }
}
