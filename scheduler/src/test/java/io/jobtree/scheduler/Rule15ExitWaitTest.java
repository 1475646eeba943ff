package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag(TestOptions.FRESH_THREADS)
@Timeout(150)
@DisplayName("R15: withCloseOnExit(wait) says how long jobs may go on by themselves at exit")
final class Rule15ExitWaitTest {
    private static Jdk.Run run(Path directory, String options, String job) throws Exception {
        return ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                import java.util.concurrent.*;
                public class Program {
                    public static void main(String[] args) throws Exception {
                        var jobs = Scheduler.open(SchedulerOptions.named("exits").OPTIONS);
                        var running = new CountDownLatch(1);
                        jobs.spawn("job", () -> {
                            running.countDown();
                            try {
                                JOB
                                System.out.println("went on");
                            } catch (InterruptedException e) {
                                System.out.println("cancelled");
                            }
                        });
                        running.await();
                        System.exit(3);
                    }
                }
                """.replace("OPTIONS", options).replace("JOB", job));
    }

    @Tag("slow")
    @Test
    void wait_isForTheJobs_whateverWaitTimeoutSays(@TempDir Path directory) throws Exception {
        var run = run(
                directory,
                "withCloseOnExit(Duration.ofSeconds(8)).withWaitTimeout(Duration.ZERO)",
                "Thread.sleep(500);");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output()).contains("went on");
    }

    @Test
    void wait_ofZero_cancelsAtOnce(@TempDir Path directory) throws Exception {
        var before = System.nanoTime();
        var run = run(directory, "withCloseOnExit(Duration.ZERO)", "Thread.sleep(1_000_000);");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output()).contains("cancelled");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
    }

    @Tag("full")
    @Test
    void wait_ofADay_isCutToTwentySecondsInAll(@TempDir Path directory) throws Exception {
        var before = System.nanoTime();
        var run = run(directory, "withCloseOnExit(Duration.ofDays(1))", "Thread.sleep(1_000_000);");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output()).contains("cancelled");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(35));
    }

    @Test
    void negativeWait_namesItself() {
        assertThatThrownBy(() -> SchedulerOptions.named("x").withCloseOnExit(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must not be negative: PT-0.000000001S");
        assertThat(SchedulerOptions.named("x")
                        .withCloseOnExit(Duration.ofSeconds(3))
                        .closeOnExit())
                .isTrue();
        assertThat(SchedulerOptions.named("x").closeOnExit()).isFalse();
    }
}
