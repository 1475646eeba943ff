package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName(
        "R2: a JSON thread dump shows the same tree as tree(), scopes nested and named, threads named as their jobs")
final class Rule02ThreadDumpTest {
    private final Door hold = new Door();
    private final List<Job<?>> running = new CopyOnWriteArrayList<>();

    /// A branch that spawns two jobs a level, one by itself and one through a foreign thread, and then holds.
    private Integer branch(JobScope scope, ThreadKind kind, int levels) throws Exception {
        spawnLevel(scope, kind, "own", levels);
        Actor.start(kind, () -> spawnLevel(scope, kind, "foreign", levels)).result();
        return hold();
    }

    private Job<Integer> spawnLevel(JobScope scope, ThreadKind kind, String name, int levels) {
        return levels == 0
                ? scope.spawn(name + " leaf", this::hold)
                : scope.spawn(name + " branch", inner -> branch(inner, kind, levels - 1));
    }

    private int hold() throws InterruptedException {
        running.add(Job.current().orElseThrow());
        hold.pass();
        return 1;
    }

    @EachThreadKind
    void dumpThreads_ofThreeLevels_showsScopesNestedAndThreadsNamedAsInTree(@TempDir Path directory) throws Exception {
        var kind = ThreadKind.current();
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var started = new CompletableFuture<Thread>();
            Job<Integer> top = jobs.spawn("top", scope -> {
                started.complete(Thread.currentThread());
                return branch(scope, kind, 2);
            });
            Awaitility.await().until(() -> running.size() == 15);
            var dump = ThreadDump.take(directory);
            for (var job : running) {
                var found = dump.thread(job.thread().orElseThrow());
                assertThat(found).as("the thread of %s", job).isNotNull();
                assertThat(found.threadName()).isEqualTo(job.name());
                assertThat(dump.nesting(found.container()))
                        .as("the scopes around %s", job)
                        .containsExactlyElementsOf(scopesAround(job));
            }
            assertThat(jobThreads(dump))
                    .as("no threads but those of the tree: %s", jobs.tree())
                    .containsExactlyInAnyOrderElementsOf(
                            namesIn(jobs.tree()).stream().skip(1).toList());
            assertThat(jobs.tree().size()).isEqualTo(running.size());
            assertThat(started.join()).isSameAs(top.thread().orElseThrow());
            hold.open();
        }
    }

    /// The paths of the scopes that a job is in, innermost first.
    private static List<String> scopesAround(Job<?> job) {
        var scopes = new ArrayList<String>();
        for (var path = job.path(); path.contains("/"); ) {
            path = path.substring(0, path.lastIndexOf('/'));
            scopes.add(path);
        }
        return scopes;
    }

    private static List<String> namesIn(JobTree tree) {
        var names = new ArrayList<String>();
        names.add(tree.name());
        tree.children().forEach(child -> names.addAll(namesIn(child)));
        return names;
    }

    /// The threads in the scheduler's containers, without those that own a scope for spawns from elsewhere.
    private static List<String> jobThreads(ThreadDump dump) {
        return dump.below("test").stream()
                .flatMap(container -> container.threads().stream())
                .filter(name -> !name.endsWith(" supervisor"))
                .toList();
    }
}
