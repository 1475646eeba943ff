package io.jobtree.proof.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Programs in a JVM of their own: killed, or very full.
@Tag("full")
final class ForkedTest {
    /// Generous: the JVM is killed after it.
    private static final int SECONDS = 240;

    private static Process start(Class<?> program, List<String> options, Object... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        for (var argument : arguments) {
            command.add(argument.toString());
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static List<String> run(Class<?> program, List<String> options, Object... arguments) throws Exception {
        var process = start(program, options, arguments);
        try {
            var lines = process.inputReader(StandardCharsets.UTF_8).readAllLines();
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS))
                    .as("%s", lines)
                    .isTrue();
            assertThat(process.exitValue()).as("%s", lines).isZero();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void signal_endsEveryRunningJob_beforeTheProgram(String signal, int status) throws Exception {
        var victim = start(Victim.class, List.of());
        try (var output = new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo(Victim.READY);
            signal(signal, victim);
            var lines = output.readAllLines();
            assertThat(victim.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(victim.exitValue()).isEqualTo(status);
            assertThat(lines).filteredOn(Victim.ENDED::equals).hasSize(Victim.JOBS / 2);
        } finally {
            victim.destroyForcibly();
        }
    }

    /// Nothing can run then; nothing must keep the process either.
    @Test
    void kill_endsTheProgramAtOnce() throws Exception {
        var victim = start(Victim.class, List.of());
        try (var output = new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo(Victim.READY);
            signal("KILL", victim);
            assertThat(victim.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(output.readAllLines()).doesNotContain(Victim.ENDED);
            assertThat(victim.exitValue()).isEqualTo(137);
        } finally {
            victim.destroyForcibly();
        }
    }

    private static void signal(String signal, Process victim) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(victim.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void aMillionPending_andAHundredThousandSleeping_fitInto2GiB() throws Exception {
        System.out.println(run(Crowds.class, List.of("-Xmx2g"), 100_000, 1_000_000));
    }

    @Test
    void aChain_10000Deep_isCancelled_andEnds() throws Exception {
        System.out.println(run(Chain.class, List.of("-Xmx2g"), 10_000));
    }
}
