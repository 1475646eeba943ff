package io.jobtree.modulepath;

import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.JobTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ServiceLoader;

/// A program that has Jobtree and OpenTelemetry on the module path. In a package of its own, for the module's are
/// not looked for on the class path.
public final class ModulePathProgram {
    private ModulePathProgram() {}

    /// Prints what a test looks for.
    ///
    /// @param args none
    /// @throws InterruptedException if it is interrupted
    public static void main(String[] args) throws InterruptedException {
        var spans = InMemorySpanExporter.create();
        try (var sdk = OpenTelemetrySdk.builder()
                        .setTracerProvider(SdkTracerProvider.builder()
                                .addSpanProcessor(SimpleSpanProcessor.create(spans))
                                .build())
                        .build();
                var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(JobTelemetry.create(sdk)))) {
            jobs.spawn("page", () -> "done").join();
            System.out.println("module " + JobTelemetry.class.getModule().getName());
            System.out.println("version "
                    + spans.getFinishedSpanItems()
                            .getFirst()
                            .getInstrumentationScopeInfo()
                            .getVersion());
        }
        ServiceLoader.load(JobObserver.class)
                .forEach(found -> System.out.println("found " + found.getClass().getName()));
    }
}
