package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag(TestOptions.FRESH_THREADS)
@Timeout(60)
@DisplayName("Observers that the service loader finds are notified; one that is broken is logged and left out")
final class ObserverServicesTest {
    @TempDir
    private Path directory = Path.of("");

    @Tag("slow")
    @Test
    void brokenServices_areLogged_andLeaveTheOthersAndTheJobsAlone() throws Exception {
        var program = UserProgram.compile(directory, """
                import io.jobtree.scheduler.*;
                public class Program {
                    public abstract static class Missing implements JobObserver {}
                    public static class WithoutItsSuperclass extends Missing {
                        public JobObservation spawned(Job<?> job) {
                            return JobObservation.NONE;
                        }
                    }
                    public static class Throws implements JobObserver {
                        public Throws() {
                            throw new IllegalStateException("on purpose");
                        }
                        public JobObservation spawned(Job<?> job) {
                            return JobObservation.NONE;
                        }
                    }
                    public static class Works implements JobObserver {
                        public JobObservation spawned(Job<?> job) {
                            System.out.println("heard of " + job.name());
                            return JobObservation.NONE;
                        }
                    }
                    public static void main(String[] args) throws Exception {
                        try (var jobs = Scheduler.open("services")) {
                            System.out.println("result " + jobs.spawn("job", () -> 5).join());
                        }
                    }
                }
                """);
        var classes = directory.resolve("classes");
        Files.delete(classes.resolve("Program$Missing.class"));
        var services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve(JobObserver.class.getName()), """
                Program$WithoutItsSuperclass
                NoSuchClass
                Program$Throws
                Program$Works
                """);
        var run = Jdk.own().java(directory, program.onClassPath());
        assertThat(run.output()).contains("heard of job", "result 5", "NoSuchClass", "on purpose", "Program$Missing");
        assertThat(run.output().split("could not be loaded", -1)).hasSize(4);
        assertThat(run.exitCode()).isZero();
    }
}
