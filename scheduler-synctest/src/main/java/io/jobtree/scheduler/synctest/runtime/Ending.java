package io.jobtree.scheduler.synctest.runtime;

/// Why a bubble cannot go on. Thrown in the bubble's own threads only to unwind them.
public final class Ending extends Error {
    private static final long serialVersionUID = 1;

    /// The kinds, one for each error that a user sees.
    public enum Kind {
        DEADLOCK,
        LEFT,
        REMAINS,
        LIVELOCK
    }

    private final Kind kind;

    Ending(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public String message() {
        return String.valueOf(getMessage());
    }
}
