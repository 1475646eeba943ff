package io.jobtree.hashtree;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares files with the digests in a list, as `sha256sum -c` does: the same lines, warnings and exit codes.
final class VerifyRun implements Run {
    private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final Path STANDARD_INPUT = Path.of("/dev/stdin");
    /// How many files may be hashed before they are printed, where one before them takes long.
    private static final int AHEAD = 4096;

    private final String list;
    private final Hasher hasher;
    private final Limit openFiles;
    private final Screen screen;

    private final Queue<Check> checks = new ArrayDeque<>();
    private int sums;
    private int improper;
    private int unreadable;
    private int different;

    VerifyRun(String list, Limit openFiles, Screen screen, Progress progress) {
        this.list = list;
        this.hasher = new Hasher(progress);
        this.openFiles = openFiles;
        this.screen = screen;
    }

    @Override
    public Integer run(JobScope scope) throws OutputException, InterruptedException {
        try (var lines = Files.newBufferedReader(pathOf(list), StandardCharsets.ISO_8859_1)) {
            check(scope, lines);
        } catch (OutputException failure) {
            throw failure;
        } catch (IOException failure) {
            screen.complain(SumLine.escape(list) + ": " + Reasons.of(failure));
            return PROBLEMS;
        } finally {
            screen.flush();
        }
        return summarize();
    }

    private void check(JobScope scope, BufferedReader lines) throws IOException, InterruptedException {
        var reader = new SumReader();
        for (var line = next(lines); line != null; line = next(lines)) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var sum = reader.read(line);
            if (sum == null) {
                improper++;
                continue;
            }
            sums++;
            if (checks.size() == AHEAD) {
                print(checks.remove());
            }
            checks.add(new Check(sum, spawn(scope, sum.name())));
        }
        while (!checks.isEmpty()) {
            print(checks.remove());
        }
    }

    /// The next line, without its end, which is `\n` or `\r\n`; a `\r` elsewhere is part of a name.
    private static @Nullable String next(BufferedReader lines) throws IOException {
        var line = new StringBuilder();
        int c = lines.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = lines.read()) {
            line.append((char) c);
        }
        if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        return line.toString();
    }

    private Job<byte[]> spawn(JobScope scope, String name) {
        var options = JobOptions.named(Names.readable(name)).withSharedLimit(openFiles);
        return scope.spawn(options, () -> hasher.hash(pathOf(name), READ));
    }

    private static Path pathOf(String name) {
        return name.equals("-") ? STANDARD_INPUT : Names.pathOf(name);
    }

    private void print(Check check) throws OutputException, InterruptedException {
        if (!check.job.isDone()) {
            screen.flush();
        }
        var name = check.sum.name();
        switch (check.job.await()) {
            case Outcome.Succeeded(var digest)
            when check.sum.digest().equals(HexFormat.of().formatHex(digest)) -> print(name, "OK");
            case Outcome.Succeeded<?> _ -> {
                different++;
                print(name, "FAILED");
            }
            case Outcome.Failed(var failure) -> {
                unreadable++;
                screen.complain(SumLine.escape(name) + ": " + Reasons.of(failure));
                print(name, "FAILED open or read");
            }
            // With this job too: who cancelled it says so.
            case Outcome.Cancelled<?> _ -> {}
        }
    }

    private void print(String name, String result) throws OutputException {
        // Only a name that would make two lines of one is escaped.
        screen.print((name.contains("\n") ? '\\' + SumLine.escape(name) : name) + ": " + result + '\n');
    }

    private int summarize() {
        if (sums == 0) {
            screen.complain(SumLine.escape(list) + ": no properly formatted checksum lines found");
            return PROBLEMS;
        }
        warn(improper, "line is improperly formatted", "lines are improperly formatted");
        warn(unreadable, "listed file could not be read", "listed files could not be read");
        warn(different, "computed checksum did NOT match", "computed checksums did NOT match");
        return unreadable + different == 0 ? OK : PROBLEMS;
    }

    private void warn(int count, String one, String many) {
        if (count > 0) {
            screen.complain("WARNING: " + count + ' ' + (count == 1 ? one : many));
        }
    }

    private record Check(SumLine sum, Job<byte[]> job) {}
}
