package io.jobtree.scheduler.synctest.runtime;

/// Runs what a bubble has done outside.
final class DoorThread extends Thread {
    DoorThread(Runnable body) {
        super(body, "outside-bubble");
        setDaemon(true);
    }
}
