package io.jobtree.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/// What a run was made on: this machine, as the report is taken to be made where the benchmarks ran.
///
/// @param cpu its model
/// @param cores how many of them the JVM may use
/// @param system the operating system
/// @param date the day on which the last file was written, in UTC
record Machine(String cpu, int cores, String system, LocalDate date) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo"); // on Linux
    private static final String MODEL = "model name";

    static Machine ofFiles(List<Path> files) throws IOException {
        Instant last = Instant.EPOCH;
        for (Path file : files) {
            Instant written = Files.getLastModifiedTime(file).toInstant();
            last = written.isAfter(last) ? written : last;
        }
        return new Machine(
                cpuModel(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                LocalDate.ofInstant(last, ZoneOffset.UTC));
    }

    private static String cpuModel() throws IOException {
        if (!Files.isReadable(CPU_INFO)) {
            return "unknown processor";
        }
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith(MODEL))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown processor");
        }
    }
}
