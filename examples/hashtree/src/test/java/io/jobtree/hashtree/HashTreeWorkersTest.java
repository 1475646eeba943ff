package io.jobtree.hashtree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hashing in other JVMs.
@Tag("full")
final class HashTreeWorkersTest {
    private static final int MANY = 60;

    @TempDir
    private Path directory;

    @Test
    void killedWorker_changesNothing() {
        Trees.file(directory, "a", "a");
        Trees.file(directory, "d/empty", "");
        for (int i = 0; i < MANY; i++) {
            Trees.sparseFile(directory, "d/" + i, (8 << 20) + i);
        }
        var program = Program.in(directory);
        var running =
                program.start(Program.hashtreeCommand("--workers", "2", ".").toArray(String[]::new));

        running.line();
        var workers = running.children();
        assertThat(workers).hasSize(2);
        workers.getFirst().destroyForcibly();
        var ended = running.end();

        assertThat(workers.getFirst().isAlive()).isFalse();
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).isEqualTo(program.sha256sum(".").out());
        assertThat(ended.err()).contains("in memory", "--server HOST:PORT");
    }

    @Test
    void unreadableFile_isOneLine_andTheRestIsDone() throws IOException {
        Trees.file(directory, "a", "a");
        Files.createSymbolicLink(directory.resolve("link"), Path.of("a"));

        // Everybody may open it, and nobody can read the first page of a process.
        var ended = Program.in(directory).hashtree("--workers", "1", "/proc/self/mem", "a");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out()).isEqualTo(Program.in(directory).sha256sum("a").out());
        assertThat(ended.err().lines().toList())
                .filteredOn(line -> line.startsWith("hashtree: ") && !line.contains("--server"))
                .isEqualTo(List.of("hashtree: /proc/self/mem: Input/output error"));
    }
}
