package io.jobtree.hashtree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zipkin2.Span;

/// `hashtree --trace` on this checkout, and what a real server has of it.
@Tag("full")
final class ZipkinTest {
    private static final Path CHECKOUT = Path.of("../..");

    @TempDir
    private Path directory;

    @Test
    void traceOfTheCheckout_arrivesWhole_andIsTheTreeOfJobs() throws Exception {
        try (var zipkin = ZipkinServer.start(directory.resolve("zipkin.log"))) {
            var ended = Program.in(CHECKOUT)
                    .withEnvironment("OTEL_TRACES_EXPORTER", "zipkin")
                    .withEnvironment("OTEL_EXPORTER_ZIPKIN_ENDPOINT", zipkin.endpoint())
                    .hashtree("--trace", "--tree", ".");
            assertThat(ended.exitCode()).as(ended.err()).isZero();
            var jobs = PrintedTree.paths(new String(ended.err().getBytes(ISO_8859_1), UTF_8));
            // One for each file, its directory, the topmost one and more directories.
            assertThat(jobs).hasSizeGreaterThan(ended.lines().size() + 2);

            var spans = arrived(zipkin, jobs.size());
            assertThat(spans).hasSize(jobs.size());
            assertThat(spans.stream().map(ZipkinTest::path).sorted().toList()).isEqualTo(jobs);
            assertParentsAreThoseOfTheJobs(spans);
            assertThat(spans)
                    .allSatisfy(span -> assertThat(span.localServiceName()).isEqualTo("hashtree"));
        }
    }

    /// The server takes spans before it has stored them.
    private static List<Span> arrived(ZipkinServer zipkin, int expected) throws Exception {
        var traceId =
                Awaitility.await().until(zipkin::traceId, Optional::isPresent).orElseThrow();
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> zipkin.spans(traceId), spans -> spans.size() >= expected);
    }

    /// The job's path without the scheduler's name before it.
    private static String path(Span span) {
        return String.valueOf(span.tags().get("jobtree.job.path")).replaceFirst("^hashtree/", "");
    }

    /// The server lower-cases the names of spans, and keeps tags as they are.
    private static void assertParentsAreThoseOfTheJobs(List<Span> spans) {
        Map<String, Span> byId = spans.stream().collect(Collectors.toMap(Span::id, Function.identity()));
        assertThat(spans)
                .allSatisfy(span -> assertThat(pathByParents(span, byId))
                        .isEqualTo(path(span).toLowerCase(Locale.ROOT)));
    }

    private static String pathByParents(Span span, Map<String, Span> byId) {
        @Nullable Span parent = span.parentId() == null ? null : byId.get(span.parentId());
        return parent == null ? String.valueOf(span.name()) : pathByParents(parent, byId) + '/' + span.name();
    }
}
