package io.netty.util.internal;

/// Stands for the code of Netty's that is on the stack when an event loop starts its thread.
public final class InternalStarter {
    private InternalStarter() {}

    public static void start(Runnable loop) {
        Thread.ofPlatform().name("event-loop").start(loop);
    }
}
