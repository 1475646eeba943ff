package shop;

import io.jobtree.scheduler.Scheduler;
import java.util.concurrent.CountDownLatch;

/// The code under test in the README: it forgets a job.
final class OrderService {
    private final Scheduler jobs = Scheduler.open("orders");
    private final CountDownLatch answer = new CountDownLatch(1);
    private final CountDownLatch booked = new CountDownLatch(1);

    void refund(String order) throws InterruptedException {
        jobs.spawn("refund", scope -> {
            scope.spawn("notify", () -> sendMail(order));
            return scope.spawn("ledger", () -> book(order)).join();
        });
        booked.await();
    }

    private int book(String order) {
        booked.countDown();
        return order.length();
    }

    private void sendMail(String order) throws InterruptedException {
        answer.await();
        IO.println(order + " is refunded");
    }
}
