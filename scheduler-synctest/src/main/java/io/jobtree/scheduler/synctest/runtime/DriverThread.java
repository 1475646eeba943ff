package io.jobtree.scheduler.synctest.runtime;

/// The carrier of all threads of a bubble.
final class DriverThread extends Thread {
    final Simulation simulation;

    DriverThread(Simulation simulation, Runnable body) {
        super(body, "bubble");
        this.simulation = simulation;
        setDaemon(true);
    }
}
