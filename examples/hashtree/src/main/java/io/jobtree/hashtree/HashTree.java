package io.jobtree.hashtree;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.timeline.SchedulerBeans;
import io.jobtree.scheduler.timeline.Timeline;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sha256sum` over directory trees, as a tree of jobs: one for each directory, and in it one for each file.
@Command(
        name = "hashtree",
        sortOptions = false,
        description = {
            "Prints the SHA-256 of every regular file below each DIR, sorted by path, as sha256sum does.",
            "Symbolic links are not followed.%n"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:all is well",
            " 1:a file could not be read, or does not match; the others were done",
            " 2:the arguments are wrong, or a DIR is not there; nothing was done",
            "124:the timeout ran out",
            "130:ended by SIGINT (Ctrl-C)",
            "143:ended by SIGTERM"
        })
final class HashTree implements Callable<Integer> {
    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Hash at most N files at once; ${DEFAULT-VALUE} unless given.")
    private int jobs = 2 * Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--timeout",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "Cancel what is not done after D: 30s, 5m, 1h30m, or PT1M.")
    private @Nullable Duration timeout;

    @Option(
            names = "--tree",
            description = "Then print the tree of jobs with their times to standard error, slowest first.")
    private boolean tree;

    @Option(
            names = "--verify",
            paramLabel = "FILE",
            description = "Compare with the sums in FILE (- for standard input), as sha256sum -c does.")
    private @Nullable String list;

    @Option(
            names = "--trace",
            description = "Send a span for each job to where the OTEL_ variables of OpenTelemetry say.")
    private boolean trace;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Hash in N other JVMs, which may be killed meanwhile; see --server.")
    private int workers;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "The Temporal server of the workers, here and elsewhere; one in memory unless given.")
    private @Nullable String server;

    @Option(
            names = "--timeline",
            paramLabel = "FILE",
            description = "Write a page with a bar for each job to FILE; a trace for Perfetto if it ends in .pftrace.")
    private @Nullable String timeline;

    @Option(names = "--jmx", description = "Let jobtree top, and other JMX clients, look at the jobs.")
    private boolean jmx;

    @Option(names = "--help", usageHelp = true, description = "Print this and exit.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Parameters(paramLabel = "DIR", description = "Where to look for files; the working directory unless given.")
    private List<String> directories = new ArrayList<>();

    private final Screen screen = new Screen();
    private final Tally tally = new Tally();
    private final TreeRecorder recorder = new TreeRecorder();
    private final Timeline bars = new Timeline();

    private HashTree() {}

    /// Runs the program.
    public static void main(String[] arguments) {
        var command = new CommandLine(new HashTree())
                .setExpandAtFiles(false)
                .setOut(Screen.writer(FileDescriptor.out))
                .setErr(Screen.writer(FileDescriptor.err));
        System.exit(command.execute(Arguments.bytesOf(arguments)));
    }

    @Override
    public Integer call() throws InterruptedException {
        var wrong = wrongOption();
        if (wrong != null) {
            screen.complain(wrong);
            return Run.USAGE;
        }
        try (var progress = Progress.on(screen)) {
            var openFiles = Limit.of("open files", jobs);
            if (list != null) {
                return execute("verify", new VerifyRun(list, openFiles, screen, progress));
            }
            var roots = roots();
            if (roots.isEmpty()) {
                return Run.USAGE;
            }
            return workers > 0 || server != null
                    ? executeRemotely(roots, openFiles)
                    : execute("hash", new HashRun(roots, openFiles, screen, progress));
        } catch (ConfigurationException refused) {
            screen.complain("--trace: " + refused.getMessage());
            return Run.USAGE;
        }
    }

    private @Nullable String wrongOption() {
        if (jobs <= 0) {
            return "--jobs must be positive: " + jobs;
        }
        if (workers < 0) {
            return "--workers must not be negative: " + workers;
        }
        return list != null && !directories.isEmpty() ? "--verify takes no DIR: " + directories.getFirst() : null;
    }

    /// Empty if one of them is not there.
    private List<Entry> roots() {
        var roots = new ArrayList<Entry>();
        boolean complete = true;
        for (var directory : directories.isEmpty() ? List.of(".") : directories) {
            try {
                roots.add(Entry.given(directory));
            } catch (IOException failure) {
                screen.complain(SumLine.escape(directory) + ": " + Reasons.of(failure));
                complete = false;
            }
        }
        return complete ? roots : List.of();
    }

    private int executeRemotely(List<Entry> roots, Limit chunks) throws InterruptedException {
        try (var started = Workers.start(workers, server, screen)) {
            return execute("hash", new RemoteRun(roots, chunks, screen, started.server()));
        } catch (IOException failure) {
            screen.complain("--workers: " + Reasons.of(failure));
            return Run.USAGE;
        }
    }

    /// Runs the topmost job to its end, whichever that is.
    private int execute(String name, Run run) throws InterruptedException {
        var options = JobOptions.named(name).withSupervision();
        try (var _ = LastWords.awaitedAtExit();
                var tracing = trace ? Trace.configured() : null;
                var scheduler = Scheduler.open(schedulerOptions(tracing))) {
            int exitCode = exitCode(scheduler
                    .spawn(timeout == null ? options : options.withTimeout(timeout), run)
                    .await());
            if (tree) {
                recorder.print(Screen.writer(FileDescriptor.err));
            }
            return timeline == null || writeTimeline(timeline) ? exitCode : Run.PROBLEMS;
        }
    }

    private boolean writeTimeline(String file) {
        try {
            if (file.endsWith(".pftrace")) {
                bars.writePerfetto(Names.pathOf(file));
            } else {
                bars.writeHtml(Names.pathOf(file));
            }
            return true;
        } catch (IOException failure) {
            screen.complain(SumLine.escape(file) + ": " + Reasons.of(failure));
            return false;
        }
    }

    /// What watches the jobs is added here.
    private SchedulerOptions schedulerOptions(@Nullable Trace tracing) {
        var options = SchedulerOptions.named("hashtree")
                // A signal ends the JVM, that closes the scheduler, and that cancels the tree at once.
                .withCloseOnExit(true)
                .withWaitTimeout(Duration.ZERO)
                // The topmost job reads the outcome of every other one, and its own is read above.
                .withFailureHandler((_, _) -> {})
                .withObserver(tally);
        if (tracing != null) {
            options = options.withObserver(tracing.observer());
        }
        if (timeline != null) {
            options = options.withObserver(bars);
        }
        if (jmx) {
            options = options.withObserver(new SchedulerBeans());
        }
        return tree ? options.withObserver(recorder) : options;
    }

    private int exitCode(Outcome<Integer> outcome) {
        return switch (outcome) {
            case Outcome.Succeeded(var exitCode) -> exitCode;
            case Outcome.Failed(JobTimeoutException _) -> {
                screen.complain("timed out; " + tally);
                yield Run.TIMED_OUT;
            }
            case Outcome.Failed(OutputException failure) when failure.isBrokenPipe() -> Run.BROKEN_PIPE;
            case Outcome.Failed(OutputException failure) -> {
                screen.complain("write error: " + failure.getMessage());
                yield Run.PROBLEMS;
            }
            case Outcome.Failed(var failure) -> throw new IllegalStateException("hashtree is broken", failure);
            case Outcome.Cancelled<?> _ -> {
                // By a signal; the exit code is the JVM's.
                screen.complain("interrupted; " + tally);
                yield Run.PROBLEMS;
            }
        };
    }
}
