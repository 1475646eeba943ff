package io.jobtree.hashtree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--timeline` writes a page, or a trace for Perfetto, and changes nothing else.
final class HashTreeTimelineTest {
    @TempDir
    private Path directory;

    private Program tree() {
        var program = Program.in(directory);
        program.shell("mkdir -p d/sub; printf 1 > d/one; printf 2 > d/sub/two");
        return program;
    }

    @Test
    void page_hasABarForEachFileAndDirectory() throws IOException {
        var program = tree();
        var result = program.hashtree("--timeline", "run.html", "d");
        assertThat(result).isEqualTo(program.sha256sum("d"));
        assertThat(Files.readString(directory.resolve("run.html")))
                .startsWith("<!DOCTYPE html>")
                .contains(
                        "\"hashtree\",\"hash\"",
                        "\"hashtree\",\"one\"",
                        "\"hashtree\",\"two\"",
                        "\"hashtree\",\"sub\"");
    }

    @Test
    void trace_isWritten_whereTheNameEndsSo() throws IOException {
        var result = tree().hashtree("--timeline", "run.pftrace", "d");
        assertThat(result.exitCode()).isZero();
        var trace = Files.readString(directory.resolve("run.pftrace"), StandardCharsets.ISO_8859_1);
        assertThat(trace).doesNotContain("<html").contains("hashtree", "one", "two");
    }

    @Test
    void file_thatCannotBeWritten_isAProblem() {
        var result = tree().hashtree("--timeline", "no/such/run.html", "d");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.lines()).hasSize(2);
        assertThat(result.err()).isEqualTo("hashtree: no/such/run.html: No such file or directory\n");
    }
}
