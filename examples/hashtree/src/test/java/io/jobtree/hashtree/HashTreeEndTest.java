package io.jobtree.hashtree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How the program ends when not all is well.
final class HashTreeEndTest {
    private static final String HASH_OF_A = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

    @TempDir
    private Path directory;

    @Test
    void pathThatIsNotThere_isUsageError_andNothingIsHashed() {
        Trees.file(directory, "a", "a");

        assertThat(Program.in(directory).hashtree("a", "no\nwhere", "a/", ""))
                .isEqualTo(new Program.Result(2, "", """
                        hashtree: no\\nwhere: No such file or directory
                        hashtree: a/: Not a directory
                        hashtree: : No such file or directory
                        """));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--jobs 0      | hashtree: --jobs must be positive: 0",
                "--jobs many   | Invalid value for option '--jobs'",
                "--timeout 5   | must be a positive duration such as 30s, 5m or PT1M: 5",
                "--timeout -5s | must be a positive duration such as 30s, 5m or PT1M: -5s",
                "--no-such     | Unknown option: '--no-such'",
                "--verify f .  | hashtree: --verify takes no DIR: ."
            })
    void wrongArguments_areUsageErrors(String arguments, String message) {
        var ended = Program.in(directory).hashtree(arguments.split(" ", -1));

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains(message);
    }

    @Test
    void help_goesToStandardOutput() {
        var ended = Program.in(directory).hashtree("--help");

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .startsWith("Usage: hashtree")
                .contains("--jobs", "--timeout", "--tree", "--verify", "124");
    }

    @Test
    void fileThatCannotBeRead_isOneLine_andTheRestGoesOn() {
        Trees.file(directory, "a", "a");

        // Everybody may open it, and nobody can read the first page of a process.
        var ended = Program.in(directory).hashtree("/proc/self/mem", "a");

        assertThat(ended)
                .isEqualTo(
                        new Program.Result(1, HASH_OF_A + "  a\n", "hashtree: /proc/self/mem: Input/output error\n"));
    }

    @Test
    @Tag("full")
    void fileThatVanishes_isOneLine_andTheRestGoesOn() throws IOException {
        Trees.file(directory, "a", "a");
        Trees.sparseFile(directory, "b", 1L << 29);
        Trees.file(directory, "c", "c");
        Trees.file(directory, "d", "d");
        var program = Program.in(directory);
        var running = program.start(Program.hashtreeCommand("--jobs", "1", ".").toArray(String[]::new));

        // The line of `a` comes after the directory was listed, and `c` is hashed after `b`.
        assertThat(running.line()).endsWith("  ./a\n");
        Files.delete(directory.resolve("c"));
        var ended = running.end();

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).isEqualTo("hashtree: ./c: No such file or directory\n");
        assertThat(ended.out()).isEqualTo(program.sha256sum(".").out());
    }

    @Test
    void pathTooLongForTheSystem_isOneLine_andTheRestGoesOn() {
        var program = Program.in(directory);
        program.shell(
                "n=$(printf 'n%.0s' $(seq 250)); for i in $(seq 17); do mkdir $n; cd $n; echo $i > z; done; cd /");

        var hashed = program.hashtree(".");

        assertThat(hashed.exitCode()).isEqualTo(1);
        assertThat(hashed.err().lines()).singleElement().asString().endsWith(": File name too long");
        assertThat(hashed.out()).isEqualTo(program.sha256sum(".").out());
        assertThat(hashed.lines()).hasSize(16);
        // JUnit could not.
        assertThat(program.shell("rm -r n*").exitCode()).isZero();
    }

    @Tag("slow")
    @Test
    void timeout_cancelsAndCounts() {
        Trees.file(directory, "a", "a");
        Trees.hugeFile(directory, "b");
        Trees.file(directory, "c/small", "");
        Trees.hugeFile(directory, "c/c");
        Trees.file(directory, "z", "z");

        var ended = Program.in(directory).hashtree("--timeout", "5s", "--jobs", "2");

        assertThat(ended)
                .isEqualTo(
                        new Program.Result(
                                124,
                                HASH_OF_A + "  ./a\n",
                                "hashtree: timed out; files hashed: 1, not readable: 0, cancelled: 4; directories cancelled: 2\n"));
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void signal_cancelsTheTree(String signal, int exitCode) {
        Trees.file(directory, "a", "a");
        Trees.hugeFile(directory, "b");
        var running = Program.in(directory).start(Program.hashtreeCommand().toArray(String[]::new));

        var first = running.line();
        running.signal(signal);

        assertThat(first).isEqualTo(HASH_OF_A + "  ./a\n");
        assertThat(running.end())
                .isEqualTo(
                        new Program.Result(
                                exitCode,
                                first,
                                "hashtree: interrupted; files hashed: 1, not readable: 0, cancelled: 1; directories cancelled: 1\n"));
    }

    @Test
    @Tag("full")
    void signalWhilePrinting_leavesWholeLines() {
        for (int i = 0; i < 20_000; i++) {
            Trees.file(directory, "file-" + i, "content " + i);
        }
        var program = Program.in(directory);
        var running = program.start(Program.hashtreeCommand().toArray(String[]::new));

        // More lines than a pipe holds, so the program waits for this test to read.
        running.line();
        running.signal("TERM");
        Awaitility.await().until(running::isEnding);
        var ended = running.end();

        assertThat(ended.exitCode()).isEqualTo(143);
        assertThat(ended.out()).endsWith("\n");
        assertThat(program.sha256sum(".").out()).startsWith(ended.out()).isNotEqualTo(ended.out());
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {".", "b"})
    void readerThatGoesAway_endsItQuietly(String given) throws IOException {
        Trees.file(directory, "a", "a");
        for (int i = 0; i < 5_000; i++) {
            Trees.file(directory, "b/" + i, "");
        }
        var running = Program.in(directory).start(Program.hashtreeCommand(given).toArray(String[]::new));

        running.line();
        running.closeOutput();
        var ended = running.ended();

        assertThat(ended.exitCode()).isEqualTo(141);
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void fullDisk_isAWriteError() {
        Trees.file(directory, "a", "a");

        var ended = Program.in(directory).shell("'" + String.join("' '", Program.hashtreeCommand()) + "' > /dev/full");

        assertThat(ended).isEqualTo(new Program.Result(1, "", "hashtree: write error: No space left on device\n"));
    }
}
