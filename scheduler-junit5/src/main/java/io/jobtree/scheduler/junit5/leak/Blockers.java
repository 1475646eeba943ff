package io.jobtree.scheduler.junit5.leak;

import java.util.concurrent.locks.AbstractOwnableSynchronizer;

/// What a thread is parked on, in words.
final class Blockers {
    private Blockers() {}

    /// `CountDownLatch$Sync[State = 1]`. A name alone says little, so what a lock of the JDK prints of itself is
    /// added, if it is short. No other object is asked: that may wait for what the parked thread holds.
    static String describe(Object blocker) {
        String type = blocker.getClass().getName();
        String simple = type.substring(type.lastIndexOf('.') + 1);
        if (!(blocker instanceof AbstractOwnableSynchronizer)
                || blocker.getClass().getClassLoader() != null) {
            return simple;
        }
        String text = blocker.toString();
        int bracket = text.indexOf('[');
        String state = bracket < 0 || text.length() - bracket > 60 ? "" : text.substring(bracket);
        return simple + state;
    }
}
