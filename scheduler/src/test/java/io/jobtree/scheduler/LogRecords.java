package io.jobtree.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What the scheduler logs while this is open; kept off the console.
final class LogRecords extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.jobtree.scheduler");
    private final List<LogRecord> records = new ArrayList<>();

    LogRecords() {
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    synchronized List<LogRecord> all() {
        return List.copyOf(records);
    }

    synchronized List<LogRecord> about(Throwable failure) {
        return records.stream().filter(r -> failure.equals(r.getThrown())).toList();
    }

    synchronized List<LogRecord> mentioning(String text) {
        return records.stream().filter(r -> r.getMessage().contains(text)).toList();
    }

    @Override
    public synchronized void publish(LogRecord record) {
        records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
