package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.JobTelemetry;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.temporal.api.enums.v1.EventType;
import io.temporal.common.converter.DefaultDataConverter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One trace over both JVMs, headers carried; the job's names in Temporal's UI fields (summary, memo).
@Tag("full")
final class Promise6TraceTest {
    @TempDir
    private Path directory;

    @Test
    void spansOfBothJvms_areOneTrace() throws Exception {
        var spans = InMemorySpanExporter.create();
        var telemetry = JobTelemetry.create(TestWorker.openTelemetry(spans));
        var file = Files.createFile(directory.resolve("go")).toString();
        try (var engine = new Engine();
                var worker = WorkerJvm.start(engine.server.address(), "trace");
                var scheduler = Scheduler.open(SchedulerOptions.named("local").withObserver(telemetry))) {
            // A worker that could not start would say nothing else, and the job would wait for ever.
            worker.await("ready");
            var remote = engine.remote.withHeaders(new TraceHeaders(telemetry));
            var body = remote.activity(Work.AWAIT_FILE, file, RemoteOptions.onQueue("trace"));

            assertThat(scheduler.spawn("here", body).join()).isEqualTo(worker.pid());
            var here = spans.getFinishedSpanItems().getFirst();
            assertThat(here.getName()).isEqualTo("here");
            worker.await("span await-file " + here.getTraceId() + ' ' + here.getSpanId());
            worker.await("span look " + here.getTraceId());
        }
    }

    @Test
    void summaryAndMemo_haveThePathOfTheJob() throws InterruptedException {
        try (var engine = new Engine();
                var scheduler = Scheduler.open("local")) {
            engine.worker("names");
            var task = Work.UPPER.withId(text -> text);
            var job = scheduler.spawn(
                    "parent",
                    scope -> scope.spawn("shout", engine.remote.activity(task, "a", Engine.once("names")))
                            .join());

            assertThat(job.join()).isEqualTo("A");

            var client = engine.remote.client;
            assertThat(client.newUntypedWorkflowStub("upper/a").describe().getMemo(RemoteWorkflow.PATH, String.class))
                    .isEqualTo("local/parent/shout");
            var scheduled = client.fetchHistory("upper/a").getEvents().stream()
                    .filter(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
                    .findFirst()
                    .orElseThrow();
            assertThat(DefaultDataConverter.STANDARD_INSTANCE.fromPayload(
                            scheduled.getUserMetadata().getSummary(), String.class, String.class))
                    .isEqualTo("local/parent/shout");
            assertThat(scheduled
                            .getActivityTaskScheduledEventAttributes()
                            .getActivityType()
                            .getName())
                    .isEqualTo("upper");
        }
    }
}
