package io.jobtree.scheduler.synctest.runtime;

/// Looks, while a caller waits for its bubble, whether something in it has stopped the driver itself: a wait that
/// cannot leave the carrier, such as a monitor below a native frame.
final class Watch {
    private static final long PERIOD_MILLIS = 50;
    private static final int PATIENCE = 10;

    private final Driver driver;
    private final Thread carrier;

    Watch(Driver driver, Thread carrier) {
        this.driver = driver;
        this.carrier = carrier;
    }

    /// Returns when the command is done, or has failed because the driver stands.
    void await(Command<?> command) throws InterruptedException {
        long steps = -1;
        int still = 0;
        while (!command.await(PERIOD_MILLIS)) {
            Member running = driver.running();
            boolean stands = running != null && driver.steps() == steps && isWaiting();
            still = stands ? still + 1 : 0;
            steps = driver.steps();
            if (running != null && still >= PATIENCE) {
                Ending reason = new Ending(Ending.Kind.LEFT, Boundary.standsOnCarrier(running));
                reason.setStackTrace(running.thread.getStackTrace());
                driver.stop(reason);
                command.fail(reason);
            }
        }
    }

    private boolean isWaiting() {
        return switch (carrier.getState()) {
            case BLOCKED, WAITING, TIMED_WAITING -> true;
            default -> false;
        };
    }
}
