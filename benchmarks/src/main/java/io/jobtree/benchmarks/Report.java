package io.jobtree.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Makes a page with charts of what JMH has written.
///
/// ```
/// java -cp benchmarks.jar io.jobtree.benchmarks.Report results spawning.json closing.json
/// ```
///
/// writes `results/README.md` and, beside it, an SVG file for each chart.
public final class Report {
    private Report() {}

    /// Writes the page.
    ///
    /// @param args the folder to write to, made if it is not there, then JMH's JSON files of one run
    /// @throws IOException if a file cannot be read or written
    public static void main(String[] args) throws IOException {
        if (args.length < 2) {
            throw new IllegalArgumentException(
                    "arguments must be a folder and JMH's JSON files: " + Arrays.toString(args));
        }
        List<Path> files = Arrays.stream(args).skip(1).map(Path::of).toList();
        write(Path.of(args[0]), Run.read(files), Machine.ofFiles(files));
    }

    static void write(Path folder, Run run, Machine machine) throws IOException {
        System.setProperty("java.awt.headless", "true"); // before the first chart
        Files.createDirectories(folder);
        for (String question : run.questions()) {
            for (Chart chart : Chart.all(question, run.of(question))) {
                chart.writeSvg(folder.resolve(chart.file()));
            }
        }
        Files.writeString(folder.resolve("README.md"), new Page(run, machine).text());
    }
}
