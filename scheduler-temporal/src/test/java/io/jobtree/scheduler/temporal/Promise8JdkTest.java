package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// JDK 25 to 28; the engine's own warnings (Unsafe, native access) written down. The JDKs are this one and those in
/// the folder `-Djdks=FOLDER`, as .ci/newer-jdks.sh fills it.
@Tag("full")
final class Promise8JdkTest {
    static List<Path> jdks() {
        var jdks = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        var newer = new File(System.getProperty("jobtree.jdks")).listFiles((_, name) -> name.startsWith("jdk-"));
        if (newer != null) {
            Arrays.stream(newer).map(File::toPath).sorted().forEach(jdks::add);
        }
        return jdks;
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void worker_runs_andWarnsAsDocumented(Path jdk) throws InterruptedException, IOException {
        var docs = Files.readString(Path.of("..", "docs", "remote-jobs.md"));
        try (var engine = new Engine();
                var worker = WorkerJvm.start(jdk, engine.server.address(), "jdk");
                var scheduler = Scheduler.open("local")) {
            worker.await("ready");

            var job = scheduler.spawn("shout", engine.remote.activity(Work.UPPER, "a", Engine.once("jdk")));

            assertThat(job.join()).isEqualTo("A");
            assertThat(worker.lines())
                    .filteredOn(line -> line.startsWith("WARNING: A "))
                    .isNotEmpty()
                    .allSatisfy(warning -> assertThat(docs).contains(warning));
        }
    }
}
