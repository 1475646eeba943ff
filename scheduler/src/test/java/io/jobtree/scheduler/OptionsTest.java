package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class OptionsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SchedulerOptions options = SchedulerOptions.named("first");
    private final JobOptions jobOptions = JobOptions.named("first");

    @Test
    void withName_renamesTheCopy() {
        assertThat(options.withName("second").name()).isEqualTo("second");
        assertThat(options.name()).isEqualTo("first");
        assertThat(jobOptions.withName("second").name()).contains("second");
        assertThat(JobOptions.unnamed().withName("second").name()).contains("second");
        assertThatThrownBy(() -> options.withName(" ")).hasMessage("name must not be blank: ' '");
        assertThatThrownBy(() -> jobOptions.withName("")).hasMessage("name must not be blank: ''");
    }

    @Test
    void withoutTimeout_undoesWithTimeout() {
        assertThat(jobOptions.withTimeout(SECOND).withoutTimeout().timeout()).isEmpty();
    }

    @Test
    @SuppressWarnings("deprecation") // The old name is what is tested.
    void withSharedLimit_again_replaces_underBothNames() {
        var first = Limit.of("first", 1);
        var second = Limit.of("second", 1);
        var both = jobOptions.withSharedLimit(first).withSharedLimit(second);
        assertThat(both.sharedLimit()).containsSame(second);
        assertThat(jobOptions.withLimit(first).sharedLimit()).containsSame(first);
        assertThat(both.withLimit(first).limit()).containsSame(first);
    }

    @Test
    void withCloseOnExit_withAWait_isAYesToo() {
        assertThat(options.closeOnExit()).isFalse();
        assertThat(options.exitWait()).isEqualTo(Duration.ofSeconds(10));
        var waits = options.withCloseOnExit(SECOND);
        assertThat(waits.closeOnExit()).isTrue();
        assertThat(waits.exitWait()).isEqualTo(SECOND);
        assertThat(waits.withCloseOnExit(false).closeOnExit()).isFalse();
        assertThat(options.withCloseOnExit(true).exitWait()).isEqualTo(Duration.ofSeconds(10));
        assertThatThrownBy(() -> options.withCloseOnExit(SECOND.negated()))
                .hasMessage("wait must not be negative: PT-1S");
    }

    @Test
    void withStallWarning_canBeSwitchedOff() {
        assertThat(options.stallWarning()).contains(Duration.ofSeconds(60));
        assertThat(options.withStallWarning(SECOND).stallWarning()).contains(SECOND);
        assertThat(options.withStallWarning(SECOND).withoutStallWarning().stallWarning())
                .isEmpty();
        assertThatThrownBy(() -> options.withStallWarning(Duration.ZERO))
                .hasMessage("stallWarning must be positive: PT0S");
    }
}
