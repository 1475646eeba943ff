package io.jobtree.scheduler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("R15, R20: a scheduler that is listed is whole: who finds it there may close it")
final class OpenSchedulersTest {
    private static final int OPENED = 3_000;

    @Tag("slow")
    @Test
    void listedScheduler_isWhole() throws Exception {
        var over = new AtomicBoolean();
        var found = new CompletableFuture<Long>();
        var looking = new CompletableFuture<Boolean>();
        var thread = Thread.ofPlatform().start(() -> {
            long incomplete = 0;
            while (!over.get()) {
                incomplete += OpenSchedulers.all().stream()
                        .filter(scheduler -> scheduler.entry == null)
                        .count();
                looking.complete(true);
            }
            found.complete(incomplete);
        });
        looking.get();
        try {
            for (int i = 0; i < OPENED; i++) {
                Scheduler.open(SchedulerOptions.named("opened")).close();
            }
        } finally {
            over.set(true);
            thread.join();
        }
        assertThat(found.get()).isZero();
    }
}
