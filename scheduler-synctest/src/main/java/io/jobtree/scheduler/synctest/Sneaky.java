package io.jobtree.scheduler.synctest;

/// Throws what the caller has not declared.
final class Sneaky {
    private Sneaky() {}

    static RuntimeException rethrow(Throwable failure) {
        Sneaky.<RuntimeException>doThrow(failure);
        throw new AssertionError("not reached");
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> void doThrow(Throwable failure) throws X {
        throw (X) failure;
    }
}
