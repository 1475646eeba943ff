package io.jobtree.scheduler.otel.autoconfigure;

import io.jobtree.scheduler.otel.sdk.ClosingSpanProcessor;
import io.jobtree.scheduler.otel.sdk.LinkSampler;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.util.concurrent.atomic.AtomicBoolean;

/// Adds to an SDK that is configured by properties what [io.jobtree.scheduler.otel.sdk] has. Also as an extension
/// of the Java agent, where this is the only class that it finds.
public final class SdkCustomizer implements AutoConfigurationCustomizerProvider {
    private static final String ENABLED = "jobtree.otel.enabled";

    /// For the service loader.
    public SdkCustomizer() {}

    @Override
    public void customize(AutoConfigurationCustomizer customizer) {
        var closing = ClosingSpanProcessor.create();
        // Around each processor, for adding one before the others is possible in later versions only.
        var added = new AtomicBoolean();
        customizer.addSpanProcessorCustomizer((processor, config) -> {
            if (!isEnabled(config)) {
                return processor;
            }
            added.set(true);
            return SpanProcessor.composite(closing, processor);
        });
        // After that. Where spans go nowhere, what becomes of jobs is counted all the same: the SDK shuts down metrics
        // after traces.
        customizer.addTracerProviderCustomizer((provider, config) ->
                isEnabled(config) && !added.get() ? provider.addSpanProcessor(closing) : provider);
        customizer.addSamplerCustomizer((sampler, config) -> isEnabled(config) ? LinkSampler.ofJobs(sampler) : sampler);
    }

    private static boolean isEnabled(ConfigProperties config) {
        return config.getBoolean(ENABLED, true);
    }
}
