package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What a receiver must have got of [PageProgram].
final class PageSpans {
    private final List<Span> spans;
    private final Map<ByteString, Span> byId;

    PageSpans(List<Span> spans) {
        this.spans = spans;
        this.byId = spans.stream().collect(Collectors.toMap(Span::getSpanId, span -> span));
    }

    void assertComplete() {
        assertThat(spans.stream().collect(Collectors.groupingBy(Span::getName, Collectors.counting())))
                .isEqualTo(Map.of(
                        "request",
                        1L,
                        "page",
                        1L,
                        "album",
                        (long) PageProgram.ALBUMS,
                        "photo",
                        (long) PageProgram.ALBUMS * PageProgram.PHOTOS,
                        "load",
                        (long) PageProgram.ALBUMS * PageProgram.PHOTOS,
                        "failing",
                        1L,
                        "repeat",
                        (long) PageProgram.REPEATS));
        assertParents("load", "photo");
        assertParents("photo", "album");
        assertParents("album", "page");
        for (var album : named("album")) {
            assertThat(named("photo").stream()
                            .filter(photo -> photo.getParentSpanId().equals(album.getSpanId())))
                    .hasSize(PageProgram.PHOTOS);
        }
        assertParents("page", "request");
        assertParents("failing", "request");
        assertThat(one("failing").getStatus().getCode())
                .isEqualTo(io.opentelemetry.proto.trace.v1.Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(one("page").getStatus().getCode())
                .isEqualTo(io.opentelemetry.proto.trace.v1.Status.StatusCode.STATUS_CODE_UNSET);
    }

    private void assertParents(String child, String parent) {
        assertThat(named(child)).allSatisfy(span -> {
            var above = byId.get(span.getParentSpanId());
            assertThat(above).as("parent of " + child).isNotNull();
            assertThat(above.getName()).isEqualTo(parent);
            assertThat(above.getTraceId()).isEqualTo(span.getTraceId());
        });
    }

    Span one(String name) {
        assertThat(named(name)).hasSize(1);
        return named(name).getFirst();
    }

    private List<Span> named(String name) {
        return spans.stream().filter(span -> span.getName().equals(name)).toList();
    }
}
