package io.jobtree.scheduler.platform;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A set for many threads that knows whether it is empty, also if memory was out while it changed. The JDK's adds or
/// removes, and then counts, for which it may need memory: where there is none its number is wrong for good.
///
/// @param <T> what is in it
public final class CountedSet<T> {
    private final Set<T> elements;
    private final AtomicInteger count = new AtomicInteger();

    public CountedSet() {
        this(ConcurrentHashMap.newKeySet(0));
    }

    CountedSet(Set<T> elements) {
        this.elements = elements;
    }

    /// Adds it, unless it is there; throws OutOfMemoryError where it does not.
    public void add(T element) {
        if (elements.contains(element)) {
            return;
        }
        // First: who finds the element finds that the set is not empty.
        count.incrementAndGet();
        boolean isAdded = false;
        try {
            isAdded = elements.add(element);
        } catch (OutOfMemoryError noMemory) {
            isAdded = elements.contains(element);
            if (!isAdded) {
                throw noMemory;
            }
        } finally {
            if (!isAdded) {
                count.decrementAndGet();
            }
        }
    }

    /// Takes it out if it is there, once there is memory.
    public void remove(T element) {
        while (elements.contains(element)) {
            boolean isRemoved;
            try {
                isRemoved = elements.remove(element);
            } catch (OutOfMemoryError noMemory) {
                isRemoved = !elements.contains(element);
            }
            if (isRemoved) {
                count.decrementAndGet();
                return;
            }
            Retry.rest();
        }
    }

    public boolean isEmpty() {
        return count.get() == 0;
    }

    public Stream<T> stream() {
        return elements.stream();
    }
}
