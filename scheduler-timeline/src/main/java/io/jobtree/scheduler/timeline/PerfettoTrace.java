package io.jobtree.scheduler.timeline;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.jobtree.scheduler.timeline.Timeline.Recorded;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.stream.Collectors;

/// Writes a trace of Perfetto's track events: a track for each job, named as it is, below its parent's or
/// its scheduler's, with a slice for the time that it was pending, one for its body, and one for the time in
/// which it waited for the jobs below it to end.
///
/// The field numbers are those of `protos/perfetto/trace` in Perfetto's sources.
final class PerfettoTrace {
    /// In `Trace`.
    private static final int PACKET = 1;

    /// In `TracePacket`.
    private static final int TIMESTAMP = 8;

    private static final int SEQUENCE_ID = 10;
    private static final int TRACK_EVENT = 11;
    private static final int TRACK_DESCRIPTOR = 60;

    /// In `TrackDescriptor`.
    private static final int UUID = 1;

    private static final int TRACK_NAME = 2;
    private static final int PARENT_UUID = 5;
    private static final int CHILD_ORDERING = 11;
    private static final int SIBLING_ORDER_RANK = 12;
    private static final int SIBLING_MERGE_BEHAVIOR = 15;

    /// In `TrackEvent`.
    private static final int DEBUG_ANNOTATION = 4;

    private static final int TYPE = 9;
    private static final int TRACK_UUID = 11;
    private static final int CATEGORY = 22;
    private static final int EVENT_NAME = 23;

    /// In `DebugAnnotation`.
    private static final int STRING_VALUE = 6;

    private static final int INT_VALUE = 4;
    private static final int ANNOTATION_NAME = 10;

    private static final int SLICE_BEGIN = 1;
    private static final int SLICE_END = 2;
    private static final int INSTANT = 3;
    private static final int EXPLICIT_ORDER = 3;

    /// Else Perfetto shows siblings of one name as one track.
    private static final int NEVER_MERGE = 2;

    private static final int THE_SEQUENCE = 1;

    private final CodedOutputStream out;
    private final Recorded recorded;

    private PerfettoTrace(CodedOutputStream out, Recorded recorded) {
        this.out = out;
        this.recorded = recorded;
    }

    static void write(Recorded recorded, OutputStream to) throws IOException {
        var out = CodedOutputStream.newInstance(to);
        new PerfettoTrace(out, recorded).write();
        out.flush();
    }

    private void write() throws IOException {
        var known = new HashSet<Long>();
        var parents = recorded.bars().stream().map(bar -> bar.parent).collect(Collectors.toSet());
        Map<String, Long> schedulers = new HashMap<>();
        for (var bar : recorded.bars()) {
            var scheduler = schedulers.get(bar.scheduler);
            if (scheduler == null) {
                // Below zero: no job has such an id.
                scheduler = -1L - schedulers.size();
                schedulers.put(bar.scheduler, scheduler);
                track(scheduler, 0, bar.scheduler, schedulers.size());
            }
            track(bar.id, known.contains(bar.parent) ? bar.parent : scheduler, bar.name, known.size());
            known.add(bar.id);
            slices(bar, parents.contains(bar.id));
        }
    }

    private void track(long uuid, long parent, String name, int rank) throws IOException {
        packet(packet -> packet.writeByteArray(TRACK_DESCRIPTOR, message(track -> {
            track.writeUInt64(UUID, uuid);
            track.writeString(TRACK_NAME, name);
            if (parent != 0) {
                track.writeUInt64(PARENT_UUID, parent);
            }
            track.writeEnum(CHILD_ORDERING, EXPLICIT_ORDER);
            track.writeInt32(SIBLING_ORDER_RANK, rank);
            track.writeEnum(SIBLING_MERGE_BEHAVIOR, NEVER_MERGE);
        })));
    }

    private void slices(Bar bar, boolean hasChildren) throws IOException {
        long end = orNow(bar.endedAt());
        long started = bar.startedAt() == Bar.NEVER ? end : bar.startedAt();
        long stopped = bar.stoppedAt() == Bar.NEVER ? end : bar.stoppedAt();
        slice(bar, "pending", bar.spawned, started);
        if (bar.startedAt() != Bar.NEVER) {
            slice(bar, bar.name, started, stopped);
        }
        if (hasChildren) {
            slice(bar, "completing", stopped, end);
        }
        if (!bar.end().kind().equals("succeeded")) {
            event(bar, INSTANT, bar.end().kind(), end);
        }
    }

    private long orNow(long moment) {
        return moment == Bar.NEVER ? recorded.now() : moment;
    }

    private void slice(Bar bar, String name, long from, long to) throws IOException {
        event(bar, SLICE_BEGIN, name, from);
        event(bar, SLICE_END, "", Math.max(from, to));
    }

    private void event(Bar bar, int type, String name, long at) throws IOException {
        packet(packet -> {
            packet.writeUInt64(TIMESTAMP, Math.max(0, at - recorded.origin()));
            packet.writeByteArray(TRACK_EVENT, message(event -> {
                event.writeEnum(TYPE, type);
                event.writeUInt64(TRACK_UUID, bar.id);
                if (type != SLICE_END) {
                    event.writeString(CATEGORY, "job");
                    event.writeString(EVENT_NAME, name);
                    annotate(event, bar);
                }
            }));
        });
    }

    private static void annotate(CodedOutputStream event, Bar bar) throws IOException {
        event.writeByteArray(DEBUG_ANNOTATION, message(id -> {
            id.writeInt64(INT_VALUE, bar.id);
            id.writeString(ANNOTATION_NAME, "id");
        }));
        annotate(event, "outcome", bar.end().kind());
        if (!bar.end().detail().isEmpty()) {
            annotate(event, "detail", bar.end().detail());
        }
    }

    private static void annotate(CodedOutputStream event, String name, String value) throws IOException {
        event.writeByteArray(DEBUG_ANNOTATION, message(annotation -> {
            annotation.writeString(STRING_VALUE, value);
            annotation.writeString(ANNOTATION_NAME, name);
        }));
    }

    /// Writes the fields of a message.
    private interface Fields {
        void write(CodedOutputStream to) throws IOException;
    }

    private void packet(Fields fields) throws IOException {
        out.writeByteArray(PACKET, message(packet -> {
            packet.writeUInt32(SEQUENCE_ID, THE_SEQUENCE);
            fields.write(packet);
        }));
    }

    private static byte[] message(Fields fields) throws IOException {
        var bytes = ByteString.newOutput();
        var to = CodedOutputStream.newInstance(bytes);
        fields.write(to);
        to.flush();
        return bytes.toByteString().toByteArray();
    }
}
