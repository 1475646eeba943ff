package io.jobtree.scheduler.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Timeline: the trace for Perfetto, read back by the numbers of its fields")
final class PerfettoTraceTest {
    private static final long BEGIN = 1;
    private static final long END = 2;
    private static final long INSTANT = 3;

    @TempDir
    private Path folder;

    private List<UnknownFieldSet> packets = List.of();

    @BeforeEach
    void writeTrace() throws IOException, InterruptedException {
        var timeline = new Timeline();
        var options = SchedulerOptions.named("shop").withObserver(timeline).withFailureHandler((_, _) -> {});
        try (var jobs = Scheduler.open(options)) {
            jobs.spawn("branch", (JobScope scope) -> {
                        scope.spawn("leaf", () -> 1);
                        scope.spawn("leaf", () -> 2);
                        return 3;
                    })
                    .join();
            jobs.spawn("broken", () -> {
                        throw new IllegalStateException("declined");
                    })
                    .await();
        }
        var file = folder.resolve("run.pftrace");
        timeline.writePerfetto(file);
        packets = messages(UnknownFieldSet.parseFrom(Files.readAllBytes(file)), 1);
    }

    private static List<UnknownFieldSet> messages(UnknownFieldSet in, int field) {
        return in.getField(field).getLengthDelimitedList().stream()
                .map(bytes -> {
                    try {
                        return UnknownFieldSet.parseFrom(bytes);
                    } catch (IOException wrong) {
                        throw new AssertionError(wrong);
                    }
                })
                .toList();
    }

    private static String text(UnknownFieldSet in, int field) {
        return in.getField(field).getLengthDelimitedList().isEmpty()
                ? ""
                : in.getField(field).getLengthDelimitedList().getFirst().toStringUtf8();
    }

    private static long number(UnknownFieldSet in, int field) {
        return in.getField(field).getVarintList().isEmpty()
                ? 0
                : in.getField(field).getVarintList().getFirst();
    }

    private List<UnknownFieldSet> tracks() {
        return packets.stream().flatMap(packet -> messages(packet, 60).stream()).toList();
    }

    private record Event(long time, long type, long track, String name) {}

    private List<Event> events() {
        return packets.stream()
                .flatMap(packet -> messages(packet, 11).stream()
                        .map(event ->
                                new Event(number(packet, 8), number(event, 9), number(event, 11), text(event, 23))))
                .toList();
    }

    @Test
    void trace_hasATrackForEachJob_belowItsParents_neverMerged() {
        Map<Long, String> names = new HashMap<>();
        tracks().forEach(track -> names.put(number(track, 1), text(track, 2)));
        assertThat(names.values()).containsExactlyInAnyOrder("shop", "branch", "leaf", "leaf", "broken");
        assertThat(tracks()).filteredOn(track -> !text(track, 2).equals("shop")).allSatisfy(track -> {
            var parent = names.get(number(track, 5));
            assertThat(parent).isEqualTo(text(track, 2).equals("leaf") ? "branch" : "shop");
            assertThat(number(track, 15)).isEqualTo(2);
        });
        assertThat(packets).allSatisfy(packet -> assertThat(number(packet, 10)).isEqualTo(1));
    }

    @Test
    void trace_hasSlices_thatEndAfterTheyBegin() {
        Map<Long, Long> open = new HashMap<>();
        for (var event : events()) {
            if (event.type == BEGIN) {
                assertThat(open.put(event.track, event.time)).isNull();
            } else if (event.type == END) {
                assertThat(open.remove(event.track)).isNotNull().isLessThanOrEqualTo(event.time);
            }
        }
        assertThat(open).isEmpty();
        assertThat(events())
                .filteredOn(event -> event.type == BEGIN)
                .extracting(Event::name)
                .contains("pending", "branch", "completing", "leaf", "broken");
    }

    @Test
    void trace_marksAnOutcomeThatIsNoSuccess() {
        assertThat(events())
                .filteredOn(event -> event.type == INSTANT)
                .extracting(Event::name)
                .containsExactly("failed");
        assertThat(packets)
                .flatExtracting(packet -> messages(packet, 11))
                .flatExtracting(event -> messages(event, 4))
                .extracting(annotation -> text(annotation, 10) + "=" + text(annotation, 6))
                .contains("outcome=failed", "detail=java.lang.IllegalStateException: declined", "outcome=succeeded");
    }
}
