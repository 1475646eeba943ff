package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("R17: no class of the engine is first needed in the middle of a job's life")
final class EngineClassesTest {
    @Tag("slow")
    @Test
    void open_initializesTheClassesOfAJobsLife(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                import java.util.concurrent.*;
                public class Program {
                    public static void main(String[] args) throws Exception {
                        var options = SchedulerOptions.named("s").withLimit(2).withWaitTimeout(Duration.ofSeconds(9))
                                .withFailureHandler((job, failure) -> {});
                        var jobs = Scheduler.open(options);
                        var latch = new CountDownLatch(1);
                        var timed = JobOptions.named("timed").withTimeout(Duration.ofHours(1));
                        System.out.println("OPEN");
                        jobs.spawn("job", () -> 1).join();
                        jobs.spawn("branch", scope -> {
                            scope.spawn("child", () -> 1).join();
                            scope.spawn("waits", () -> latch.await());
                            return jobs.shield("shield", () -> 2);
                        }).cancel();
                        var failed = jobs.spawn(timed, () -> {
                            throw new IllegalStateException("on purpose");
                        });
                        failed.await();
                        jobs.trySpawn("tried", () -> latch.await()).orElseThrow().cancelAndJoin(Duration.ofSeconds(9));
                        var cancelled = jobs.spawn("cancelled", () -> latch.await());
                        cancelled.cancel();
                        try {
                            cancelled.join();
                        } catch (JobCancelledException expected) {
                            // Its message is what is asked for.
                        }
                        var lateInItsTime = jobs.spawn(timed.withTimeout(Duration.ofNanos(1)), () -> latch.await());
                        lateInItsTime.toCompletableFuture().handle((value, failure) -> 1).join();
                        jobs.awaitIdle();
                        jobs.close();
                        System.out.println("CLOSED");
                    }
                }
                """, "-Xlog:class+init=info:stdout:none");
        var output = run.output();
        assertThat(output).contains("OPEN", "CLOSED");
        // Where there is no initializer, there is none that can fail.
        var late = output.substring(output.indexOf("OPEN"), output.indexOf("CLOSED"))
                .lines()
                .filter(line -> line.contains("Initializing 'io/jobtree") && !line.contains("(no method)"))
                .toList();
        assertThat(output).contains("'io/jobtree/scheduler/engine/JobImpl'");
        assertThat(late).isEmpty();
    }
}
