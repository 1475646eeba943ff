package io.jobtree.hashtree;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Limit;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;

/// The jobs of one tree of files: a supervised branch job for each directory, and in it a job for each file.
///
/// Jobs are spawned in the order in which their results are printed, and each goes to who prints it through a
/// queue of bounded size. So a tree may have any number of files: where hashing or printing falls behind, the
/// walk waits. A directory is walked by its own job, while the job of the directory above waits for the walk
/// and not for the hashes.
final class Walk {
    private static final Set<OpenOption> NO_LINK = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    private static final Item END = new Item.End();

    private final Entry root;
    private final Hasher hasher;
    private final Limit openFiles;
    private final Progress progress;
    private final BlockingQueue<Item> items;

    /// A walk that has not started, with at most `ahead` items waiting to be printed.
    Walk(Entry root, Hasher hasher, Limit openFiles, Progress progress, int ahead) {
        this.root = root;
        this.hasher = hasher;
        this.openFiles = openFiles;
        this.progress = progress;
        this.items = new ArrayBlockingQueue<>(ahead);
    }

    /// No item comes before this in the order of paths.
    String from() {
        return root.shown();
    }

    /// Waits for the next item. The walk must have been started.
    Item next() throws InterruptedException {
        return items.take();
    }

    void start(JobScope scope) throws InterruptedException {
        if (root.kind() == Entry.Kind.DIRECTORY) {
            var job = scope.spawn(options(root), inner -> {
                try {
                    return walk(inner, root);
                } finally {
                    items.put(END);
                }
            });
            // Ends the walk of a job that could not start; one that could has ended it before.
            var _ = job.toCompletableFuture().whenComplete((_, _) -> items.offer(END));
            return;
        }
        if (root.kind() == Entry.Kind.FILE) {
            spawnFile(scope, root);
        }
        items.put(END);
    }

    /// Gives the number of entries.
    private int walk(JobScope scope, Entry directory) throws IOException, InterruptedException {
        try {
            var entries = directory.list();
            for (var entry : entries) {
                if (entry.kind() == Entry.Kind.DIRECTORY) {
                    walkBelow(scope, entry);
                } else {
                    spawnFile(scope, entry);
                }
            }
            return entries.size();
        } catch (IOException | RuntimeException | Error failure) {
            items.put(new Item.Problem(directory.shown(), failure));
            throw failure;
        }
    }

    private void walkBelow(JobScope scope, Entry directory) throws InterruptedException {
        var walked = new CountDownLatch(1);
        var job = scope.spawn(options(directory), inner -> {
            try {
                return walk(inner, directory);
            } finally {
                walked.countDown();
            }
        });
        var _ = job.toCompletableFuture().whenComplete((_, _) -> walked.countDown());
        walked.await();
    }

    private void spawnFile(JobScope scope, Entry file) throws InterruptedException {
        progress.found(file.size());
        var options = JobOptions.named(file.name()).withSharedLimit(openFiles);
        items.put(new Item.Hash(file.shown(), scope.spawn(options, () -> hasher.hash(file.path(), NO_LINK))));
    }

    private static JobOptions options(Entry directory) {
        return JobOptions.named(directory.name()).withSupervision();
    }
}
