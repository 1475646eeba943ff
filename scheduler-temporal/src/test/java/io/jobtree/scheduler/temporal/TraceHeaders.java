package io.jobtree.scheduler.temporal;

import io.jobtree.scheduler.otel.JobTelemetry;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// OpenTelemetry's context as headers, as docs/remote-jobs.md has it.
record TraceHeaders(JobTelemetry telemetry) implements RemoteHeaders {
    @Override
    public Map<String, String> current() {
        var headers = new HashMap<String, String>();
        telemetry.inject(headers::put);
        return headers;
    }

    @Override
    public <T> T restore(Map<String, String> headers, Supplier<? extends T> spawn) {
        return telemetry.withParent(telemetry.extract(headers), spawn);
    }
}
