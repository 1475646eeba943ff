package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// 10,000 files in chunks below the 2,000 pending and 51,200 events that the engine allows, by child workflows:
/// `-Dremote.files=10000`; fewer without.
@Tag("full")
final class Promise7BatchTest {
    private static final int FILES = Integer.getInteger("remote.files", 480);
    private static final int CHUNK = 4;

    /// How many each workflow had.
    private static final Map<String, Integer> ACTIVITIES = new ConcurrentHashMap<>();

    private static final RemoteTask<Work.Chunk, Work.Sums> HASH =
            RemoteTask.of("hash-files", Work.Chunk.class, Work.Sums.class, (_, chunk) -> {
                var id = RemoteAttempt.current().id();
                ACTIVITIES.merge(id.substring(0, id.lastIndexOf('/')), 1, Integer::sum);
                return Work.hash(chunk);
            });

    @TempDir
    private Path directory;

    @Test
    @Timeout(1_200)
    void manyFiles_areHashedInOrder_byChildWorkflows() throws Exception {
        var chunks = chunks();
        try (var engine = new Engine();
                var scheduler = Scheduler.open("local")) {
            engine.worker("batch", HASH);
            var job = scheduler.spawn("all", engine.remote.activities(HASH, chunks, RemoteOptions.onQueue("batch")));

            var sums = job.join();

            var expected = new ArrayList<Work.Sums>();
            for (var chunk : chunks) {
                expected.add(Work.hash(chunk));
            }
            assertThat(sums).isEqualTo(expected);
            assertThat(ACTIVITIES).hasSize(Math.ceilDiv(chunks.size(), RemoteWorkflow.PART));
            assertThat(ACTIVITIES.values()).allMatch(activities -> activities < 2_000);
            var client = engine.remote.client;
            for (var child : ACTIVITIES.keySet()) {
                var events = client.fetchHistory(child).getEvents();
                assertThat(events).hasSizeLessThan(51_200);
                var parent = events.getFirst().getWorkflowExecutionStartedEventAttributes();
                assertThat(client.fetchHistory(
                                        parent.getParentWorkflowExecution().getWorkflowId())
                                .getEvents())
                        .hasSizeLessThan(51_200);
            }
        }
    }

    private List<Work.Chunk> chunks() throws IOException {
        var chunks = new ArrayList<Work.Chunk>();
        for (int i = 0; i < FILES; i += CHUNK) {
            var files = new ArrayList<String>();
            for (int k = i; k < Math.min(i + CHUNK, FILES); k++) {
                files.add(Files.writeString(directory.resolve("file-" + k), "content " + k)
                        .toString());
            }
            chunks.add(new Work.Chunk(files));
        }
        return chunks;
    }
}
