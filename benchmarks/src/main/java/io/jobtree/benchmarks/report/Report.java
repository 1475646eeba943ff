package io.jobtree.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Makes a page with charts of what JMH has written.
///
/// ```
/// java -cp benchmarks.jar io.jobtree.benchmarks.Report results spawning.json closing.json
/// ```
///
/// writes `results/README.md` and, beside it, an SVG file for each chart.
@Command(
        name = "Report",
        description = "Makes a page with charts of what JMH has written.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // set by picocli
public final class Report implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FOLDER", description = "Where to write to; made if it is not there.")
    private Path folder;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "JMH's JSON files of one run.")
    private List<Path> files;

    @Option(
            names = "--again",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Those of a second run, to see whether it comes to the same.")
    private List<Path> again = List.of();

    Report() {}

    /// Writes the page, and ends the JVM.
    ///
    /// @param args the folder to write to, then JMH's JSON files of one run; `--help` tells of the rest
    public static void main(String[] args) {
        System.exit(new CommandLine(new Report()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        System.setProperty("java.awt.headless", "true"); // before the first chart
        Files.createDirectories(folder);
        var run = Run.read(files);
        for (String question : run.questions()) {
            for (Chart chart : Chart.all(question, run.of(question))) {
                chart.writeSvg(folder.resolve(chart.file()));
            }
        }
        var second = again.isEmpty() ? Optional.<Run>empty() : Optional.of(Run.read(again));
        Files.writeString(folder.resolve("README.md"), new Page(run, Machine.ofFiles(files), second).text());
        return CommandLine.ExitCode.OK;
    }
}
