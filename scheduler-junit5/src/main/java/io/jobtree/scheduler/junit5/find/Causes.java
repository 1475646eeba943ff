package io.jobtree.scheduler.junit5.find;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/// All that a throwable brings along.
final class Causes {
    private Causes() {}

    /// Itself, its causes, what is suppressed on them, and so on; by identity.
    static Set<Throwable> of(Throwable top) {
        Set<Throwable> found = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> next = new ArrayDeque<>();
        next.add(top);
        while (!next.isEmpty()) {
            Throwable thrown = next.remove();
            if (found.add(thrown)) {
                if (thrown.getCause() != null) {
                    next.add(thrown.getCause());
                }
                next.addAll(Arrays.asList(thrown.getSuppressed()));
            }
        }
        return found;
    }
}
