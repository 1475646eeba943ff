package io.jobtree.benchmarks.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Compares two runs of the same benchmarks, of which the script `compare` makes one with the code of an earlier
/// commit.
///
/// Prints a table with the ratios of times, which a busy machine changes and which nothing judges, and of bytes
/// allocated, which are the same each time: where a job takes more of them than before, the exit code is 1.
@Command(
        name = "Compare",
        description = "Compares two runs of the same benchmarks, round by round.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // set by picocli
final class Compare implements Callable<Integer> {
    /// So many bytes a job come and go with the compiler's choices.
    private static final double BYTES = 8;

    @Option(
            names = "--before",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "JMH's JSON files of the earlier code, one for each round.")
    private List<Path> before;

    @Option(
            names = "--after",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Those of the later code.")
    private List<Path> after;

    @Spec
    private CommandSpec spec;

    Compare() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Compare()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        var earlier = Run.read(before);
        var later = Run.read(after);
        PrintWriter out = spec.commandLine().getOut();
        out.println("| benchmark | before | after | speed | bytes before | bytes after |");
        out.println("|---|--:|--:|--:|--:|--:|");
        boolean isGrown = false;
        for (Result now : later.results()) {
            var known = earlier.find(now.question(), now.library(), now.params());
            boolean takesMore = known.filter(then -> isGrown(then, now)).isPresent();
            out.println(row(now, known, takesMore));
            isGrown |= takesMore;
        }
        out.println();
        out.println("Times are ns for each job. Speed is before / after: above 1 the later code is faster. "
                + later.interval());
        out.flush();
        return isGrown ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private static String row(Result now, Optional<Result> known, boolean takesMore) {
        var time = now.metric(Side.PER_JOB).orElseThrow();
        var earlier = known.flatMap(then -> then.metric(Side.PER_JOB));
        return "| %s.%s %s | %s | %s | %s | %s | %s%s |"
                .formatted(
                        now.question(),
                        now.library(),
                        now.setting(),
                        earlier.map(Measure::toString).orElse("not there"),
                        time,
                        earlier.map(then -> then.over(time) + " ×").orElse(""),
                        known.map(then -> then.text(Side.ALLOCATION)).orElse(""),
                        now.text(Side.ALLOCATION),
                        takesMore ? " **more**" : "");
    }

    private static boolean isGrown(Result then, Result now) {
        var before = then.metric(Side.ALLOCATION);
        var after = now.metric(Side.ALLOCATION);
        return before.isPresent()
                && after.isPresent()
                && after.get().value() - before.get().value() > BYTES;
    }
}
