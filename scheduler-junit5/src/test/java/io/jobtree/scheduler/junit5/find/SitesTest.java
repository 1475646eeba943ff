package io.jobtree.scheduler.junit5.find;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.settings.SitePolicy;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class SitesTest {
    @Test
    void auto_keepsTheFirstJobs_thenTheFirstOfEachName() {
        var sites = new Sites(SitePolicy.AUTO);
        for (int i = 0; i < Sites.FIRST; i++) {
            assertThat(sites.of("poll-" + i)).isNotNull();
        }
        assertThat(sites.of("poll-1000")).isNull();
        assertThat(sites.borrowed("poll-1000")).isNotNull();
        assertThat(sites.of(null)).isNotNull();
        assertThat(sites.of(null)).isNull();
        assertThat(sites.borrowed(null)).isNotNull();
        for (int i = 1; i < Sites.FIRST_OF_NAME; i++) {
            assertThat(sites.of("name-" + "x".repeat(i))).isNotNull();
        }
        assertThat(sites.of("one more")).isNull();
        assertThat(sites.borrowed("one more")).isNull();
    }

    @Test
    void auto_reachesTheUsersFrames() {
        assertThat(Objects.requireNonNull(new Sites(SitePolicy.AUTO).of("job")).frames())
                .anyMatch(frame -> frame.getMethodName().equals("auto_reachesTheUsersFrames"));
    }

    @Test
    void full_keepsAll_off_none() {
        var full = new Sites(SitePolicy.FULL);
        var off = new Sites(SitePolicy.OFF);
        for (int i = 0; i < 500; i++) {
            assertThat(full.of("poll")).isNotNull();
            assertThat(off.of("poll")).isNull();
        }
    }

    @Test
    void stem_isTheNameWithoutItsLastDigits() {
        assertThat(Sites.stem("poll-17")).isEqualTo("poll-");
        assertThat(Sites.stem("v2-poll")).isEqualTo("v2-poll");
        assertThat(Sites.stem("17")).isEmpty();
    }
}
