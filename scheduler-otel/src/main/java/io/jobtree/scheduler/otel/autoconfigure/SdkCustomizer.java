package io.jobtree.scheduler.otel.autoconfigure;

import io.jobtree.scheduler.otel.sdk.ClosingSpanProcessor;
import io.jobtree.scheduler.otel.sdk.LinkSampler;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.trace.SpanProcessor;

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
        customizer.addSpanProcessorCustomizer(
                (processor, config) -> isEnabled(config) ? SpanProcessor.composite(closing, processor) : processor);
        customizer.addSamplerCustomizer((sampler, config) -> isEnabled(config) ? LinkSampler.ofJobs(sampler) : sampler);
    }

    private static boolean isEnabled(ConfigProperties config) {
        return config.getBoolean(ENABLED, true);
    }
}
