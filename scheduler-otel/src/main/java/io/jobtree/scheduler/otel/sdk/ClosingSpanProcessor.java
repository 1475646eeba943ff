package io.jobtree.scheduler.otel.sdk;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Closes the schedulers that are to be closed at exit before the SDK shuts down, so that the spans of their jobs
/// are exported. To be added before the processor that exports:
///
/// ```java
/// SdkTracerProvider.builder()
///         .addSpanProcessor(ClosingSpanProcessor.create())
///         .addSpanProcessor(BatchSpanProcessor.create(exporter))
/// ```
///
/// When the JVM exits, its shutdown hooks run side by side: that of the SDK and that of
/// [`withCloseOnExit`][io.jobtree.scheduler.SchedulerOptions#withCloseOnExit]. A span that ends after the shutdown
/// of the SDK is lost. So the shutdown of this processor waits for the schedulers. Where the SDK is shut down for
/// another reason it does nothing.
///
/// In an extension of the Java agent it has none of the application's classes: it finds them by the threads that
/// jobs run on.
///
/// **Threads:** any thread may call anything.
@SuppressWarnings("exports") // who uses it requires what it is made for
public final class ClosingSpanProcessor implements SpanProcessor {
    private static final System.Logger LOGGER = System.getLogger(ClosingSpanProcessor.class.getName());
    private static final String INSTRUMENTATION = "io.jobtree.scheduler.otel";
    private static final String CLOSER = "io.jobtree.scheduler.otel.sdk.ExitClosing";

    /// Of the applications whose jobs had spans, and of this class.
    private final List<WeakReference<@Nullable ClassLoader>> loaders = new CopyOnWriteArrayList<>();

    private ClosingSpanProcessor() {
        note(ClosingSpanProcessor.class.getClassLoader());
    }

    /// A processor.
    ///
    /// @return the processor
    public static ClosingSpanProcessor create() {
        return new ClosingSpanProcessor();
    }

    @Override
    public boolean isStartRequired() {
        return true;
    }

    @Override
    public void onStart(Context parentContext, ReadWriteSpan span) {
        if (INSTRUMENTATION.equals(span.getInstrumentationScopeInfo().getName())) {
            note(Thread.currentThread().getContextClassLoader());
        }
    }

    private void note(@Nullable ClassLoader loader) {
        for (var known : loaders) {
            if (known.refersTo(loader)) {
                return;
            }
        }
        loaders.removeIf(known -> known.refersTo(null));
        if (loader != null) {
            loaders.add(new WeakReference<>(loader));
        }
    }

    @Override
    public boolean isEndRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {}

    @Override
    public CompletableResultCode shutdown() {
        if (isExiting()) {
            loaders.forEach(loader -> close(loader.get()));
        }
        return CompletableResultCode.ofSuccess();
    }

    private static boolean isExiting() {
        var hook = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException exiting) {
            return true;
        }
    }

    private static void close(@Nullable ClassLoader loader) {
        if (loader == null) {
            return;
        }
        try {
            Class.forName(CLOSER, true, loader).getMethod("close").invoke(null);
        } catch (ClassNotFoundException | NoClassDefFoundError none) {
            // An agent's own loader, or another application's: no schedulers there.
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOGGER.log(Level.WARNING, "Schedulers could not be closed before the SDK; spans of their jobs are lost", e);
        }
    }

    @Override
    public String toString() {
        return "ClosingSpanProcessor{}";
    }
}
