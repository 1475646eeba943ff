package io.jobtree.scheduler.junit5.leak;

/// What a thread is parked on, in words.
final class Blockers {
    private Blockers() {}

    /// `CountDownLatch$Sync[count 1]`. A name alone says little, so what the class prints of itself is added, if it
    /// is short.
    static String describe(Object blocker) {
        String type = blocker.getClass().getName();
        String simple = type.substring(type.lastIndexOf('.') + 1);
        String text;
        try {
            text = blocker.toString();
        } catch (RuntimeException e) {
            return simple;
        }
        int bracket = text.indexOf('[');
        String state = bracket < 0 || text.length() - bracket > 60 ? "" : text.substring(bracket);
        return simple + state;
    }
}
