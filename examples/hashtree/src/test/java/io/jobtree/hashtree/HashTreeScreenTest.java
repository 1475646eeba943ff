package io.jobtree.hashtree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is for people: `--tree`, and the progress bar.
final class HashTreeScreenTest {
    private static final Pattern TIME = Pattern.compile("^ *([0-9]+\\.[0-9]{3}|-) ms  ");

    @TempDir
    private Path directory;

    @Test
    void tree_isPrintedAfterTheHashes_slowestFirst() {
        Trees.file(directory, "a/small", "1");
        Trees.sparseFile(directory, "big", 1L << 26);
        Trees.file(directory, "z\nz", "2");

        var ended = Program.in(directory).hashtree("--tree", "--jobs", "1", ".");

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).isEqualTo(Program.in(directory).sha256sum(".").out());
        var lines = ended.err().lines().toList();
        assertThat(lines).allMatch(line -> TIME.matcher(line).find());
        var names = names(ended.err());
        assertThat(names).hasSize(6).startsWith("hash", "└─ .");
        assertThat(names.subList(2, 6))
                .extracting(name -> name.substring(6))
                .containsExactlyInAnyOrder("big", "a", "└─ small", "z\\nz");
        assertThat(names.get(names.indexOf(branch(names, "a")) + 1)).endsWith("  └─ small");
        var siblings = lines.stream().filter(line -> !line.endsWith(" small")).toList();
        assertThat(times(siblings)).isSortedAccordingTo((x, y) -> Double.compare(y, x));
    }

    @Tag("slow")
    @Test
    void treeOfWhatWentWrong_saysSo() {
        Trees.file(directory, "a", "a");
        Trees.hugeFile(directory, "b");
        Trees.file(directory, "c", "c");

        var ended = Program.in(directory)
                .withEnvironment("LC_ALL", "C")
                .hashtree("--tree", "--jobs", "1", "--timeout", "5s", ".", "/proc/self/mem");

        assertThat(ended.exitCode()).isEqualTo(124);
        assertThat(names(ended.err()))
                .contains(
                        "|- .  (cancelled: DEADLINE)",
                        "|  |- b  (cancelled: DEADLINE)",
                        "|  `- c  (cancelled: DEADLINE)")
                .anyMatch(line -> line.startsWith("hash  (") && line.contains("timed out after PT5S"));
    }

    @Tag("slow")
    @Test
    void progressBar_isOnATerminalOnly() {
        Trees.sparseFile(directory, "big", 1L << 26);
        var program = Program.in(directory);
        var command = String.join(" ", Program.hashtreeCommand("."));

        var inPipe = program.shell(command);
        var onTerminal = program.run("script", "-q", "-e", "-c", command + " > sums", "/dev/null");

        assertThat(inPipe.err()).isEmpty();
        assertThat(onTerminal.exitCode()).isZero();
        assertThat(onTerminal.out()).contains("hashtree", "MiB", "%").endsWith("\r\033[K");
        assertThat(program.shell("sha256sum -c sums | grep -v sums").out()).isEqualTo("./big: OK\n");
    }

    @Test
    void progressBar_leavesTheLinesOnTheSameTerminalWhole() {
        Trees.file(directory, "a", "a");
        Trees.sparseFile(directory, "b", 1L << 26);
        Trees.file(directory, "c", "c");
        var program = Program.in(directory);
        var command = String.join(" ", Program.hashtreeCommand("."));

        var onTerminal = program.run("script", "-q", "-e", "-c", command, "/dev/null");

        // What is left of each line after its last erasure.
        var seen = onTerminal.out().replaceAll("[^\n]*\r\033\\[K", "").replace("\r\n", "\n");
        assertThat(seen).isEqualTo(program.sha256sum(".").out());
        assertThat(onTerminal.out()).contains("MiB");
    }

    private static String branch(List<String> names, String name) {
        return names.stream()
                .filter(line -> line.endsWith("─ " + name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names(String err) {
        return err.lines()
                .filter(line -> TIME.matcher(line).find())
                .map(line -> TIME.matcher(line).replaceFirst(""))
                .map(line -> new String(
                        line.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                        java.nio.charset.StandardCharsets.UTF_8))
                .toList();
    }

    private static List<Double> times(List<String> lines) {
        return lines.stream()
                .map(line -> Double.valueOf(line.strip().split(" ", -1)[0]))
                .toList();
    }
}
