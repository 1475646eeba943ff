package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.Published;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A test that leaks gets a timeline of its jobs, where scheduler-timeline is there.
final class TimelineTest {
    @Test
    void leak_writesATimelineOfItsJobs_andSaysWhere(@TempDir Path folder) throws Exception {
        Outcomes outcomes = Outcomes.of(Kit.publishingTo(folder, Published.class));
        Path page = folder.resolve("refund/timeline.html");
        assertThat(outcomes.thrown("refund")).hasMessageContaining("To look at what its jobs did, open " + page);
        // As they were before the check cancelled them.
        assertThat(Files.readString(page))
                .contains("refund", "notify", "unfinished")
                .doesNotContain("REQUESTED");
    }

    @Test
    void leakOfAClass_showsTheJobsOfItsTests(@TempDir Path folder) throws Exception {
        Outcomes outcomes = Outcomes.of(Kit.publishingTo(folder, Published.OfAClass.class));
        assertThat(outcomes.bad()).isEqualTo("OfAClass: leaked");
        assertThat(Files.readString(folder.resolve("OfAClass/timeline.html"))).contains("refund", "notify");
    }

    @Test
    void cleanOrExpected_writesNone(@TempDir Path folder) throws Exception {
        Outcomes outcomes = Outcomes.of(Kit.publishingTo(folder, Published.NotALeak.class));
        assertThat(outcomes.bad()).isEmpty();
        try (var files = Files.walk(folder)) {
            assertThat(files).noneMatch(file -> file.endsWith("timeline.html"));
        }
    }

    @Tag("slow")
    @Test
    void withoutTheModule_theLeakIsReportedAllTheSame() throws Exception {
        String output =
                ChildJvm.run(ChildJvm.classPathWithout("scheduler-timeline"), List.of(), List.of(), Published.class);
        assertThat(output)
                .contains("2 jobs and 1 open scheduler leaked from Published.refund")
                .doesNotContain("To look at what its jobs did")
                .doesNotContain("NoClassDefFoundError");
    }
}
