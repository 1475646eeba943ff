package io.jobtree.scheduler.otel;

import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Hears what is logged, as a logging backend does, until it is closed.
final class LogListener extends Handler implements AutoCloseable {
    private final Logger logger;
    private final Consumer<String> messages;

    LogListener(String logger, Consumer<String> messages) {
        this.logger = Logger.getLogger(logger);
        this.messages = messages;
        this.logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
        messages.accept(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
