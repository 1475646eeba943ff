package io.jobtree.proof.agent;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the rewritten engine asks at each point: whether it is the one to throw at.
public final class Fault {
    /// An object or an array is made.
    public static final int ALLOCATION = 1;

    /// A method of the JDK or of a user is called.
    public static final int OUTER_CALL = 2;

    /// User code is called, or what may run some.
    public static final int USER_CALL = 4;

    private static final String LOG = "platform/Log";
    private static final AtomicInteger LEFT = new AtomicInteger();
    private static volatile int kinds;
    private static volatile Supplier<Throwable> thrown = OutOfMemoryError::new;
    private static volatile String at = "";
    private static volatile @Nullable String where;
    private static volatile boolean byUser;
    private static volatile long lasts;
    private static volatile long until;

    private Fault() {}

    /// Throws at the n-th point from now that is of these kinds and whose name begins so, and at each that any thread
    /// comes to for a time after that.
    public static void arm(int n, int ofKinds, String name, long nanos, Supplier<Throwable> what) {
        where = null;
        byUser = false;
        kinds = ofKinds;
        at = name;
        lasts = nanos;
        thrown = what;
        LEFT.set(n);
    }

    /// Ends that, and says where it was thrown; null if there were not so many points.
    public static @Nullable String disarm() {
        LEFT.set(0);
        until = System.nanoTime();
        return where;
    }

    /// Whether it, or one of those after it, stood for what a user's code throws.
    public static boolean wasByUser() {
        return byUser;
    }

    /// How many points were passed since `arm(Integer.MAX_VALUE, ...)`.
    public static int passed() {
        return Integer.MAX_VALUE - LEFT.get();
    }

    /// Called by the engine.
    public static void point(int kind, String name) {
        if ((kinds & kind) == 0) {
            return;
        }
        if (LEFT.get() > 0 && name.startsWith(at) && LEFT.decrementAndGet() == 0) {
            where = name;
            until = System.nanoTime() + lasts;
            raise(kind);
        }
        // What is said of a fault is wanted.
        if (where != null && !name.startsWith(LOG) && System.nanoTime() - until < 0) {
            raise(kind);
        }
    }

    private static void raise(int kind) {
        if ((kind & USER_CALL) != 0) {
            byUser = true;
        }
        Fault.<RuntimeException>raise(thrown.get());
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // to throw what no signature allows
    private static <T extends Throwable> void raise(Throwable failure) throws T {
        throw (T) failure;
    }
}
