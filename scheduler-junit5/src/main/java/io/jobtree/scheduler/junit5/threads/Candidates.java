package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.ThreadCreation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which tests ran when a thread was made: thread ids rise, so a test's time is a range of them.
final class Candidates {
    private static final int MAX_TESTS = 20_000;

    private final Map<Origin, Time> times = new LinkedHashMap<>();

    private static final class Time {
        final long from = ThreadCreation.nextThreadId();
        long to = Long.MAX_VALUE;
    }

    synchronized void began(Origin origin) {
        if (origin.level() == Origin.Level.TEST && times.size() < MAX_TESTS) {
            times.put(origin, new Time());
        }
    }

    synchronized void ended(Origin origin) {
        Time time = times.get(origin);
        if (time != null) {
            time.to = ThreadCreation.nextThreadId();
        }
    }

    /// The tests of an origin whose time that id falls into; all of them if there is no id.
    synchronized List<String> of(Origin origin, @Nullable Long threadId) {
        List<String> tests = new ArrayList<>();
        times.forEach((test, time) -> {
            boolean isThen = threadId == null || (time.from <= threadId && threadId < time.to);
            if (isThen && test.isWithin(origin)) {
                tests.add(test.label());
            }
        });
        return tests;
    }
}
