package io.jobtree.hashtree;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.temporal.RemoteJobs;
import io.jobtree.scheduler.temporal.RemoteOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/// Hashes trees of files in other JVMs: a job for each chunk of files, which a worker's job does the work of.
final class RemoteRun implements Run {
    private static final int CHUNK_FILES = 64;
    private static final long CHUNK_BYTES = 16 << 20;
    private static final RemoteOptions OPTIONS =
            RemoteOptions.onQueue(RemoteHash.QUEUE).withAttempts(10);

    private final List<Entry> roots;
    private final Limit chunks;
    private final Screen screen;
    private final String server;
    private boolean complete = true;

    RemoteRun(List<Entry> roots, Limit chunks, Screen screen, String server) {
        this.roots = roots;
        this.chunks = chunks;
        this.screen = screen;
        this.server = server;
    }

    private record Chunk(List<String> paths, Job<RemoteHash.Sums> job) {}

    @Override
    public Integer run(JobScope scope) throws OutputException, InterruptedException {
        var files = new ArrayList<Entry>();
        roots.forEach(root -> find(root, files));
        files.sort(Comparator.comparing(Entry::shown));
        try (var remote = RemoteJobs.connect(server)) {
            for (var chunk : spawn(scope, remote, files)) {
                if (!chunk.job.isDone()) {
                    screen.flush();
                }
                print(chunk);
            }
        } finally {
            screen.flush();
        }
        return complete ? OK : PROBLEMS;
    }

    private void find(Entry entry, List<Entry> files) {
        if (entry.kind() != Entry.Kind.DIRECTORY) {
            if (entry.kind() == Entry.Kind.FILE) {
                files.add(entry);
            }
            return;
        }
        try {
            entry.list().forEach(below -> find(below, files));
        } catch (IOException failure) {
            complain(entry.shown(), Reasons.of(failure));
        }
    }

    private List<Chunk> spawn(JobScope scope, RemoteJobs remote, List<Entry> files) {
        var spawned = new ArrayList<Chunk>();
        var paths = new ArrayList<String>();
        long bytes = 0;
        for (int i = 0; i < files.size(); i++) {
            paths.add(files.get(i).shown());
            bytes += files.get(i).size();
            if (paths.size() == CHUNK_FILES || bytes >= CHUNK_BYTES || i == files.size() - 1) {
                var options = JobOptions.named("chunk-" + (spawned.size() + 1)).withSharedLimit(chunks);
                var body = remote.activity(RemoteHash.TASK, new RemoteHash.Files(List.copyOf(paths)), OPTIONS);
                spawned.add(new Chunk(List.copyOf(paths), scope.spawn(options, body)));
                paths.clear();
                bytes = 0;
            }
        }
        return spawned;
    }

    private void print(Chunk chunk) throws OutputException, InterruptedException {
        switch (chunk.job.await()) {
            case Outcome.Succeeded(var result) -> {
                for (int i = 0; i < chunk.paths.size(); i++) {
                    print(chunk.paths.get(i), result.sums().get(i));
                }
            }
            case Outcome.Failed(var failure) -> chunk.paths.forEach(path -> complain(path, Reasons.of(failure)));
            case Outcome.Cancelled<?> _ -> complete = false;
        }
    }

    private void print(String path, RemoteHash.Sum sum) throws OutputException {
        if (sum.digest().isEmpty()) {
            complain(path, sum.problem());
        } else {
            screen.print(SumLine.of(HexFormat.of().parseHex(sum.digest()), path));
        }
    }

    private void complain(String path, String reason) {
        screen.complain(SumLine.escape(path) + ": " + reason);
        complete = false;
    }
}
