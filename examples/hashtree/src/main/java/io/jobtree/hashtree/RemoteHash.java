package io.jobtree.hashtree;

import io.jobtree.scheduler.temporal.RemoteAttempt;
import io.jobtree.scheduler.temporal.RemoteTask;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// What workers do for the program: hash files that both see.
///
/// Reading is safe to repeat, so it does not matter how often it is done.
final class RemoteHash {
    static final String QUEUE = "hashtree";
    static final RemoteTask<Files, Sums> TASK =
            RemoteTask.of("hash-files", Files.class, Sums.class, (_, files) -> hash(files));

    private static final Set<OpenOption> NO_LINK = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private RemoteHash() {}

    /// Paths, as byte strings.
    record Files(List<String> paths) {}

    /// What became of each, in the same order.
    record Sums(List<Sum> sums) {}

    /// A digest in hexadecimal, or an empty one and why there is none.
    record Sum(String digest, String problem) {}

    private static Sums hash(Files files) throws IOException {
        var attempt = RemoteAttempt.current();
        var sums = new ArrayList<Sum>();
        var hasher = new Hasher(new Progress() {
            @Override
            public void read(long bytes) {
                attempt.progress(sums.size());
            }
        });
        for (var path : files.paths()) {
            attempt.progress(sums.size());
            sums.add(hash(hasher, path));
        }
        return new Sums(sums);
    }

    private static Sum hash(Hasher hasher, String path) throws IOException {
        try {
            return new Sum(HexFormat.of().formatHex(hasher.hash(Names.pathOf(path), NO_LINK)), "");
        } catch (ClosedByInterruptException cancelled) {
            throw cancelled;
        } catch (IOException unreadable) {
            return new Sum("", Reasons.of(unreadable));
        }
    }
}
