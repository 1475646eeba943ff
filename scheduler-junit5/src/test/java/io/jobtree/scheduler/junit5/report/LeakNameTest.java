package io.jobtree.scheduler.junit5.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The lines that allow a leak hold nothing that changes from run to run.
final class LeakNameTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mail-17               | mail-*",
                "pool-3-thread-12      | pool-*-thread-*",
                "Client@7f31245a-io-1  | Client*-io-*",
                "http-8080-exec-1/127.0.0.1 | http-*-exec-*/*.*.*.*",
                "reader                | reader",
                "server[5e17553a](port=41537) | server[*](port=*)",
                "session-123e4567-e89b-42d3-a456-426614174000-reader | session-*-reader",
                "feedback-deadbeef     | feedback-deadbeef",
                "decade2               | decade*",
                "1234567               | *",
                "abc12345-x            | *-x"
            })
    void glob_hasNoHashAndNoNumber(String name, String glob) {
        assertThat(LeakName.glob(name)).isEqualTo(glob);
    }

    @Test
    void glob_hasNoControlCharacters() {
        assertThat(LeakName.glob("a\nb\u009bc\u2028d")).isEqualTo("a?b?c?d");
    }

    @Test
    void allowance_isAStringLiteral_andTheParameterHasNoComma() {
        var name = new LeakName(Kind.THREAD, "", List.of("say \"hi\", \\me"), "");
        assertThat(name.allowance()).isEqualTo("@AllowLeakedJobs(name = \"say \\\"hi\\\", \\\\me\", reason = \"…\")");
        assertThat(name.parameter()).isEqualTo("say \"hi\"? ?me");
    }

    @Test
    void allowance_ofADefaultName_isByPlaceAndKind() {
        var name = new LeakName(Kind.EXECUTOR, "ThreadPoolExecutor", List.of(), "com.acme.Pool.open");
        assertThat(name.allowance())
                .isEqualTo("@AllowLeakedJobs(site = \"com.acme.Pool.open\", kinds = Kind.EXECUTOR, reason = \"…\")");
        assertThat(name.parameter()).isEqualTo("site=com.acme.Pool.open kind=EXECUTOR");
    }

    @Test
    void parameter_writesTheKey_ofANameWithAnEqualsSign() {
        assertThat(new LeakName(Kind.THREAD, "", List.of("site=a"), "").parameter())
                .isEqualTo("name=site=a");
    }
}
