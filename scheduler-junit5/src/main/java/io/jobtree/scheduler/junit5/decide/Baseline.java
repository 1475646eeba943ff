package io.jobtree.scheduler.junit5.decide;

import io.jobtree.scheduler.junit5.leak.Leaks;
import io.jobtree.scheduler.junit5.report.LeakName;
import io.jobtree.scheduler.junit5.settings.Parameters;
import io.jobtree.scheduler.junit5.settings.RunSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The file of leaks that are known, which fail nothing: written by `mode=record`, read by later runs.
///
/// A line is `test or class | what | where it was opened`, without numbers that change.
final class Baseline implements AutoCloseable {
    static final String SEPARATOR = " | ";

    /// Instead of a place, for editors and reviewers do without blanks at the end of a line.
    private static final String UNKNOWN = "place unknown";

    private static final Logger LOG = System.getLogger("io.jobtree.scheduler.junit5");
    private static final String HEAD = """
            # Leaks that are known, and fail no test. Each line: test or class | what | where it was opened.
            # Written with jobtree.leaks.mode=record; remove a line when its leak is gone.
            """;

    /// How long another run of this process may write.
    private static final long MAX_LOCKED_NANOS = 30_000_000_000L;

    private static final long POLL_NANOS = 5_000_000;

    /// What was seen in this process, by file: a build may run tests once more, and tests may run others.
    private static final Map<Path, Set<String>> SEEN = new ConcurrentHashMap<>();

    private final Parameters.@Nullable Baseline mode;
    private final Path file;
    private final boolean exists;
    private final Function<String, ? extends AssertionError> errors;
    private final Set<String> known;
    private final Set<String> seen;
    private final Checked checked = new Checked();

    private Baseline(RunSettings settings, Function<String, ? extends AssertionError> errors) {
        this.mode = settings.baseline();
        this.file = settings.file();
        this.errors = errors;
        this.exists = Files.exists(file);
        this.known = exists && !isRecording() ? read(file) : Set.of();
        this.seen = SEEN.computeIfAbsent(file.toAbsolutePath().normalize(), key -> ConcurrentHashMap.newKeySet());
    }

    static Baseline of(RunSettings settings, Function<String, ? extends AssertionError> errors) {
        return new Baseline(settings, errors);
    }

    private static Set<String> read(Path file) {
        try {
            return entries(Files.readAllLines(file).stream());
        } catch (IOException e) {
            throw new UncheckedIOException("jobtree.leaks.baseline cannot be read: " + file, e);
        }
    }

    private static Set<String> entries(Stream<String> lines) {
        return lines.map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isRecording() {
        return mode == Parameters.Baseline.RECORD;
    }

    /// That test or class was checked, so what is known of it and was not seen has gone, if it has run to its end.
    void checked(ExtensionContext context, boolean hasRunToItsEnd) {
        if (exists || isRecording()) {
            checked.add(context, hasRunToItsEnd);
        }
    }

    /// The leaks that are not known; none while they are recorded.
    Leaks unknown(String subject, Leaks leaks) {
        if (!exists && !isRecording()) {
            return leaks;
        }
        return new Leaks(
                leaks.test(),
                leaks.waited(),
                unknown(subject, leaks.jobs(), LeakName::of),
                unknown(subject, leaks.schedulers(), LeakName::of),
                unknown(subject, leaks.threads(), LeakName::of),
                leaks.unobserved());
    }

    private <T> List<T> unknown(String subject, List<T> leaks, Function<T, LeakName> name) {
        return leaks.stream()
                .filter(leak -> !isKnown(subject, name.apply(leak)))
                .toList();
    }

    private boolean isKnown(String subject, LeakName name) {
        String leak = SEPARATOR + name.what() + SEPARATOR + (name.where().isEmpty() ? UNKNOWN : name.where());
        List<String> matching = isRecording() ? List.of() : matching(subject, leak);
        if (matching.isEmpty()) {
            seen.add(subject + leak);
            return isRecording();
        }
        seen.addAll(matching);
        return true;
    }

    /// What a test leaves may be reported after its class, or the other way round, as it happens to sleep or not.
    private List<String> matching(String subject, String leak) {
        String outer = subject.substring(0, Math.max(0, subject.lastIndexOf('.')));
        return known.stream()
                .filter(line -> line.endsWith(leak))
                .filter(line -> {
                    String of = subject(line);
                    return of.equals(subject) || of.equals(outer) || of.startsWith(subject + ".");
                })
                .toList();
    }

    /// @throws AssertionError if something has gone, and the file is to shrink with it
    @Override
    public void close() {
        if (isRecording()) {
            record();
            return;
        }
        Set<String> gone = known.stream()
                .filter(line -> checked.isWhole(subject(line)) && !seen.contains(line))
                .collect(Collectors.toCollection(TreeSet::new));
        if (gone.isEmpty()) {
            return;
        }
        String text = (gone.size() == 1 ? "1 known leak has" : gone.size() + " known leaks have") + " gone; remove "
                + (gone.size() == 1 ? "its line" : "their lines") + " from " + file + ":\n  "
                + String.join("\n  ", gone);
        if (mode == Parameters.Baseline.RATCHET) {
            throw errors.apply(text);
        }
        LOG.log(Level.INFO, text);
    }

    private static String subject(String line) {
        int end = line.indexOf(SEPARATOR);
        return end < 0 ? line : line.substring(0, end);
    }

    /// Other processes of the same build may write too: what they have seen stays, as does what was not checked here.
    private void record() {
        boolean interrupted = Thread.interrupted(); // which would close the file
        try {
            write();
        } catch (IOException e) {
            throw new UncheckedIOException("jobtree.leaks.baseline cannot be written: " + file, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void write() throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try (FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                var lock = lock(channel)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // until all is read
            }
            Set<String> lines = entries(new String(bytes.array(), StandardCharsets.UTF_8).lines());
            lines.removeIf(line -> checked.isWhole(subject(line)));
            lines.addAll(seen);
            String text = HEAD + lines.stream().map(line -> line + "\n").collect(Collectors.joining());
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
            if (lock.isValid()) {
                LOG.log(
                        Level.INFO,
                        (lines.size() == 1 ? "1 kind" : lines.size() + " kinds") + " of leaks recorded in " + file);
            }
        }
    }

    /// Waits for other processes, and for other runs of this one, for which the JDK does not wait.
    private static FileLock lock(FileChannel channel) throws IOException {
        long end = System.nanoTime() + MAX_LOCKED_NANOS;
        while (true) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) {
                if (System.nanoTime() > end) {
                    throw new IOException("another run of this process has it locked", e);
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }
}
