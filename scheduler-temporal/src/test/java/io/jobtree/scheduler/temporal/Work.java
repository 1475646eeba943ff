package io.jobtree.scheduler.temporal;

import java.util.Locale;

/// Tasks that the tests' workers know.
final class Work {
    static final String QUEUE = "work";

    static final RemoteTask<String, String> UPPER =
            RemoteTask.of("upper", String.class, String.class, (_, text) -> text.toUpperCase(Locale.ROOT));

    static final RemoteTask<String, String> FAIL = RemoteTask.of("fail", String.class, String.class, (_, text) -> {
        throw new IllegalStateException(text, new NumberFormatException("cause of " + text));
    });

    private Work() {}
}
