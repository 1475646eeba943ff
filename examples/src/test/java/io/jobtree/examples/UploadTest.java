package io.jobtree.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.NoLeakedJobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NoLeakedJobs
final class UploadTest {
    @TempDir
    Path folder;

    private static final Site.Answer STORED = new Site.Answer(201, "");
    private static final Site.Answer BUSY = new Site.Answer(503, "");
    private static final Site.Answer REFUSED = new Site.Answer(403, "");

    private void files(String... names) throws IOException {
        for (var name : names) {
            Files.writeString(folder.resolve(name), name);
        }
    }

    @Test
    void upload_putsEachFile() throws IOException, InterruptedException {
        files(IntStream.range(0, 50).mapToObj(i -> "file " + i).toArray(String[]::new));
        try (var site = new Site(_ -> STORED)) {
            assertThat(Upload.upload(folder, site.uri("/in/"))).isZero();

            assertThat(site.requests).hasSize(50).contains("PUT /in/file%2049");
        }
    }

    @Test
    void busyServer_isAskedAgain() throws IOException, InterruptedException {
        files("a");
        try (var site = new Site(busyFor(3))) {
            assertThat(Upload.upload(folder, site.uri("/"))).isZero();

            assertThat(site.requests).hasSize(4);
        }
    }

    @Test
    void fileThatIsRefused_isNotTriedAgain_andTheOthersGoOn() throws IOException, InterruptedException {
        files("a", "refused", "z");
        try (var site = new Site(request -> request.endsWith("refused") ? REFUSED : STORED)) {
            assertThat(Upload.upload(folder, site.uri("/"))).isEqualTo(1);

            assertThat(site.requests).containsExactlyInAnyOrder("PUT /a", "PUT /refused", "PUT /z");
        }
    }

    @Tag("slow")
    @Test
    void serverThatStaysBusy_isGivenUpAfterFourTries() throws IOException, InterruptedException {
        files("a");
        try (var site = new Site(busyFor(Integer.MAX_VALUE))) {
            assertThat(Upload.upload(folder, site.uri("/"))).isEqualTo(1);

            assertThat(site.requests).containsExactlyElementsOf(Collections.nCopies(4, "PUT /a"));
        }
    }

    private static Site.Answers busyFor(int tries) {
        var left = new AtomicInteger(tries);
        return _ -> left.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? BUSY : STORED;
    }
}
