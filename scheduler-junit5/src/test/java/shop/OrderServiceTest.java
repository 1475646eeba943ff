package shop;

import io.jobtree.scheduler.junit5.NoLeakedJobs;
import org.junit.jupiter.api.Test;

@NoLeakedJobs
public class OrderServiceTest {
    @Test
    void refund() throws InterruptedException {
        new OrderService().refund("o-1");
    }
}
