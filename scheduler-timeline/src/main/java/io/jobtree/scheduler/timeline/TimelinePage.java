package io.jobtree.scheduler.timeline;

import io.jobtree.scheduler.text.JsonWriter;
import io.jobtree.scheduler.timeline.Timeline.Recorded;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// The page of a timeline: a frame, a style sheet, scripts and the recorded jobs, all in one.
final class TimelinePage {
    private static final String FRAME = resource("timeline.html")
            .replace("/*style*/", resource("timeline.css"))
            .replace("/*script*/", resource("model.js") + resource("paint.js") + resource("page.js"));

    private TimelinePage() {}

    static String of(Recorded recorded) {
        return FRAME.replace("/*data*/", json(recorded));
    }

    /// Moments are in microseconds since the recording began; -1 for one that has not come.
    private static String json(Recorded recorded) {
        var json = new JsonWriter().open('{');
        json.name("startedAt").value(recorded.startedAt().toString());
        json.name("now").value(micros(recorded, recorded.now()));
        json.name("dropped").value(recorded.dropped());
        json.name("jobs").open('[');
        for (var bar : recorded.bars()) {
            var end = bar.end();
            json.open('[').value(bar.id).value(bar.parent).value(bar.scheduler).value(bar.name);
            json.value(micros(recorded, bar.spawned)).value(micros(recorded, bar.startedAt()));
            json.value(micros(recorded, bar.stoppedAt())).value(micros(recorded, bar.endedAt()));
            json.value(end.kind()).value(end.detail()).close(']');
        }
        return json.close(']').close('}').toString();
    }

    private static long micros(Recorded recorded, long nanos) {
        return nanos == Bar.NEVER ? -1 : Math.max(0, (nanos - recorded.origin()) / 1_000);
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(TimelinePage.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
