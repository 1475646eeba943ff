package io.jobtree.scheduler.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterBuilder;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/// Gives a new meter to each who asks, as the agent does to applications: all lead to the same.
record NewParts(OpenTelemetry openTelemetry) implements OpenTelemetry {
    @Override
    public TracerProvider getTracerProvider() {
        return openTelemetry.getTracerProvider();
    }

    @Override
    public ContextPropagators getPropagators() {
        return openTelemetry.getPropagators();
    }

    @Override
    public MeterProvider getMeterProvider() {
        return name -> builder(openTelemetry.meterBuilder(name));
    }

    private static MeterBuilder builder(MeterBuilder builder) {
        return (MeterBuilder) Proxy.newProxyInstance(
                NewParts.class.getClassLoader(), new Class<?>[] {MeterBuilder.class}, (self, method, arguments) -> {
                    var result = call(builder, method, arguments);
                    return result instanceof Meter meter ? meter(meter) : self;
                });
    }

    private static Meter meter(Meter meter) {
        return (Meter) Proxy.newProxyInstance(
                NewParts.class.getClassLoader(),
                new Class<?>[] {Meter.class},
                (_, method, arguments) -> call(meter, method, arguments));
    }

    private static Object call(Object of, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(of, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
