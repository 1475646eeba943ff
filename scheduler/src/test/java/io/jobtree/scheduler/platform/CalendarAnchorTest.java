package io.jobtree.scheduler.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class CalendarAnchorTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final CalendarAnchor AT_NOON = new CalendarAnchor(NOON, 7, 0);

    @Test
    void clocksThatGoTogether_keepTheAnchor_soThatMomentsHaveTheirOrder() {
        var later = new CalendarAnchor(NOON.plusSeconds(10).plusMillis(50), 7 + 10 * SECOND, 0);

        assertThat(AT_NOON.follow(later)).isSameAs(AT_NOON);
        assertThat(AT_NOON.at(7 + 3 * SECOND)).isEqualTo(NOON.plusSeconds(3));
    }

    @Test
    void calendarThatIsSet_isFollowed_forwardsAndBackwards() {
        for (int hours : new int[] {1, -1}) {
            var set = NOON.plus(Duration.ofHours(hours));
            var later = new CalendarAnchor(set.plusSeconds(10), 7 + 10 * SECOND, 0);

            var followed = AT_NOON.follow(later);

            // What ends in 20 s ends in 20 s, whatever the calendar says now.
            assertThat(followed.at(7 + 30 * SECOND)).isEqualTo(set.plusSeconds(30));
        }
    }

    @Test
    void readingThatTookLong_saysNothing() {
        var late = new CalendarAnchor(NOON.plusSeconds(10), 7 + 15 * SECOND, 5 * SECOND);

        assertThat(AT_NOON.follow(late)).isSameAs(AT_NOON);
    }
}
