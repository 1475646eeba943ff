package io.jobtree.scheduler;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Keeps what the scheduler logs until closed, and keeps it off the console.
final class RecordedLog extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.jobtree.scheduler");
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    RecordedLog() {
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    List<LogRecord> records() {
        return records;
    }

    /// The records that carry this throwable, as it is or as a cause.
    List<LogRecord> about(Throwable thrown) {
        return records.stream().filter(r -> hasCause(r.getThrown(), thrown)).toList();
    }

    /// The records whose message contains a text.
    List<LogRecord> containing(String text) {
        return records.stream().filter(r -> r.getMessage().contains(text)).toList();
    }

    @SuppressWarnings("ReferenceEquality") // the very object
    private static boolean hasCause(@Nullable Throwable from, Throwable wanted) {
        for (var cause = from; cause != null; cause = cause.getCause()) {
            if (cause == wanted || Stream.of(cause.getSuppressed()).anyMatch(one -> one == wanted)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void publish(LogRecord record) {
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
