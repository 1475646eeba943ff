package io.jobtree.scheduler.synctest.corpus;

import io.jobtree.scheduler.synctest.Bubble;

/// A bug, and the same code without it.
///
/// @param name what it is; for a bug of a library, its issue
/// @param seeds how many schedules it takes at most to find it
record Case(String name, int seeds, Bubble.Body broken, Bubble.Body fixed) {
    @Override
    public String toString() {
        return name;
    }
}
