package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kill -9 of a worker; server gone and back; network cut.
@Tag("full")
final class Promise7LossTest {
    @TempDir
    private Path directory;

    @Test
    void killedWorker_losesItsWorkToAnother() throws Exception {
        var file = directory.resolve("go");
        try (var engine = new Engine();
                var one = WorkerJvm.start(engine.server.address(), "kill");
                var other = WorkerJvm.start(engine.server.address(), "kill");
                var scheduler = Scheduler.open("local")) {
            var options = Engine.once("kill").withAttempts(3);
            var job = scheduler.spawn("await", engine.remote.activity(Work.AWAIT_FILE, file.toString(), options));
            Awaitility.await().atMost(Probe.PATIENCE).until(() -> one.printed("awaiting") || other.printed("awaiting"));
            var killed = one.printed("awaiting") ? one : other;
            var left = killed == one ? other : one;

            killed.kill();
            left.await("awaiting");
            Files.createFile(file);

            assertThat(job.join()).isEqualTo(left.pid());
        }
    }

    @Test
    void serverGoneAndBack_losesNothing() throws InterruptedException {
        try (var engine = new Engine();
                var scheduler = Scheduler.open("local")) {
            engine.worker("gone");
            var job = scheduler.spawn(
                    "held",
                    engine.remote.activity(
                            Probe.HELD, "gone", Engine.once("gone").withHeartbeat(Probe.PATIENCE)));
            Probe.of("gone").awaitAttempt(1);

            engine.server.goAway();
            Probe.of("gone").released.countDown();
            engine.server.listen();

            assertThat(job.join()).isEqualTo(1);
        }
    }

    @Test
    void clientCutOff_getsTheResultWhenItIsBack() throws InterruptedException {
        try (var engine = new Engine();
                var network = new CuttableProxy(engine.server.port());
                var remote = RemoteJobs.connect(network.address());
                var scheduler = Scheduler.open("local")) {
            engine.worker("cut");
            var job = scheduler.spawn("held", remote.activity(Probe.HELD, "client cut off", Engine.once("cut")));
            Probe.of("client cut off").awaitAttempt(1);

            network.cut();
            Probe.of("client cut off").released.countDown();
            network.mend();

            assertThat(job.join()).isEqualTo(1);
        }
    }

    @Test
    void workerCutOff_losesItsWorkToAnother() throws InterruptedException {
        try (var engine = new Engine();
                var network = new CuttableProxy(engine.server.port());
                var behind = RemoteJobs.connect(network.address());
                var cutOff = new JobWorker(behind, "worker", Engine.SCHEDULER, Probe.HELD);
                var scheduler = Scheduler.open("local")) {
            cutOff.start();
            var options = Engine.once("worker").withAttempts(5);
            var job = scheduler.spawn("held", engine.remote.activity(Probe.HELD, "worker cut off", options));
            Probe.of("worker cut off").awaitAttempt(1);

            network.cut();
            engine.worker("worker");
            Probe.of("worker cut off").awaitAttempt(2);
            Probe.of("worker cut off").released.countDown();

            assertThat(job.join()).isGreaterThan(1);
            network.mend();
        }
    }
}
