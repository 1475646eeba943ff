package io.jobtree.hashtree;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Outcome;
import java.util.List;

/// Hashes trees of files: prints a line for each file, in the order of paths.
final class HashRun implements Run {
    /// How many files may be hashed before they are printed, where one before them takes long.
    private static final int AHEAD = 16_384;

    private final List<Entry> roots;
    private final Limit openFiles;
    private final Screen screen;
    private final Progress progress;

    HashRun(List<Entry> roots, Limit openFiles, Screen screen, Progress progress) {
        this.roots = roots;
        this.openFiles = openFiles;
        this.screen = screen;
        this.progress = progress;
    }

    @Override
    public Integer run(JobScope scope) throws OutputException, InterruptedException {
        var hasher = new Hasher(progress);
        int ahead = AHEAD / Math.min(roots.size(), Merge.WALKS_AHEAD);
        var walks = roots.stream()
                .map(root -> new Walk(root, hasher, openFiles, progress, ahead))
                .toList();
        try {
            return print(new Merge(scope, walks));
        } finally {
            screen.flush();
        }
    }

    private int print(Merge items) throws OutputException, InterruptedException {
        int exitCode = OK;
        for (var item = items.next(); item != null; item = items.next()) {
            if (!print(item)) {
                exitCode = PROBLEMS;
            }
        }
        return exitCode;
    }

    private boolean print(Item item) throws OutputException, InterruptedException {
        return switch (item) {
            case Item.Hash(var shown, var job) -> print(shown, job);
            case Item.Problem(var shown, var failure) -> complain(shown, failure);
            case Item.End _ -> true;
        };
    }

    private boolean print(String shown, Job<byte[]> job) throws OutputException, InterruptedException {
        if (!job.isDone()) {
            screen.flush();
        }
        return switch (job.await()) {
            case Outcome.Succeeded(var digest) -> {
                screen.print(SumLine.of(digest, shown));
                yield true;
            }
            case Outcome.Failed(var failure) -> complain(shown, failure);
            // With this job too: who cancelled it says so.
            case Outcome.Cancelled<?> _ -> false;
        };
    }

    private boolean complain(String shown, Throwable failure) {
        screen.complain(SumLine.escape(shown) + ": " + Reasons.of(failure));
        return false;
    }
}
