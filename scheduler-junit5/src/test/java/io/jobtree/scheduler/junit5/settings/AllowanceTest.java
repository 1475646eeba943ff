package io.jobtree.scheduler.junit5.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/// Entries of `jobtree.leaks.allow`.
final class AllowanceTest {
    private static boolean allows(String entry, Kind kind, String name, String site) {
        return Allowance.parse(entry).allows(kind, List.of(name), List.of(site));
    }

    @Test
    void entry_isANameAPlaceAndKinds_allOfWhichMatch() {
        String entry = "mail * site=com.acme.Pool.* kind=EXECUTOR kind=thread";
        assertThat(allows(entry, Kind.EXECUTOR, "mail 1", "com.acme.Pool.open")).isTrue();
        assertThat(allows(entry, Kind.THREAD, "mail 1", "com.acme.Pool.open")).isTrue();
        assertThat(allows(entry, Kind.TIMER, "mail 1", "com.acme.Pool.open")).isFalse();
        assertThat(allows(entry, Kind.THREAD, "mail 1", "com.acme.Mail.open")).isFalse();
        assertThat(allows(entry, Kind.THREAD, "mails", "com.acme.Pool.open")).isFalse();
    }

    @Test
    void mistypedKey_isNoName() {
        assertThatThrownBy(() -> Allowance.parse("sites=com.acme.Pool.*"))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage("jobtree.leaks.allow: did you mean site=? A name with an equals sign is written name=…:"
                        + " sites=com.acme.Pool.*");
    }

    @Test
    void nameWithAnEqualsSign_isWrittenWithItsKey() {
        assertThat(allows("name=sites=1", Kind.THREAD, "sites=1", "")).isTrue();
        assertThat(allows("queue=1", Kind.THREAD, "queue=1", "")).isTrue();
    }
}
