package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import io.opentelemetry.api.baggage.Baggage;
import java.util.Map;
import java.util.Queue;

/// The README's sender and receiver.
///
/// @param telemetry observes the scheduler
/// @param jobs where messages are sent from and handled
/// @param queue of messages
record Messages(JobTelemetry telemetry, Scheduler jobs, Queue<Messages.Message> queue) {
    void send(Message message) {
        telemetry.inject(message.headers()::put);
        queue.add(message);
    }

    Job<String> receive(Message message) {
        var sender = telemetry.extract(message.headers());
        return telemetry.withParent(sender, () -> jobs.spawn("order", () -> handle(message)));
    }

    private static String handle(Message message) {
        return message.text() + " for " + Baggage.current().getEntryValue("tenant");
    }

    /// @param headers go along
    /// @param text what it is about
    record Message(Map<String, String> headers, String text) {}
}
