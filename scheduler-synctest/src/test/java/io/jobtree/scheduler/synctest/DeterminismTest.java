package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The same seeds, the same runs: twice in one JVM, in another JVM, interpreted, and while the machine is busy.
final class DeterminismTest {
    private static final int SEEDS = Integer.getInteger("synctest.seeds", 300);

    @Tag("slow")
    @Test
    void sameSeeds_inOneJvm_sameRuns() {
        String first = MixedProgram.print(20);
        assertThat(MixedProgram.print(20)).isEqualTo(first);
    }

    @Test
    @Tag("full")
    void sameSeeds_inOtherJvms_sameRuns() throws Exception {
        String here = MixedProgram.print(SEEDS);
        assertThat(inAnotherJvm(SEEDS)).isEqualTo(here);
    }

    @Test
    @Tag("full")
    void sameSeeds_interpreted_sameRuns() throws Exception {
        assertThat(inAnotherJvm(SEEDS, "-Xint")).isEqualTo(MixedProgram.print(SEEDS));
    }

    @Test
    @Tag("full")
    void sameSeeds_onABusyMachine_sameRuns() {
        String calm = MixedProgram.print(SEEDS);
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            busy.add(Thread.ofPlatform().daemon().start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            }));
        }
        try {
            assertThat(MixedProgram.print(SEEDS)).isEqualTo(calm);
        } finally {
            busy.forEach(Thread::interrupt);
        }
    }

    private static String inAnotherJvm(int seeds, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.add("-javaagent:" + System.getProperty("synctest.agent"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(MixedProgram.class.getName(), String.valueOf(seeds)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output.strip();
    }
}
