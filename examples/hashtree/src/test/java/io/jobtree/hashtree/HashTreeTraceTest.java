package io.jobtree.hashtree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HashTreeTraceTest {
    private static final String HASH_OF_A = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

    @TempDir
    private Path directory;

    @Test
    void trace_goesWhereTheVariablesSay_andTheOutputIsTheSame() {
        Trees.file(directory, "below/a", "a");

        var ended = Program.in(directory)
                .withEnvironment("OTEL_TRACES_EXPORTER", "console")
                .hashtree("--trace", "below");

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).isEqualTo(HASH_OF_A + "  below/a\n");
        assertThat(ended.err()).contains("'hash'", "'below'", "'a'", "hashtree/hash/below/a");
    }

    @Test
    void trace_withAVariableThatMakesNoSense_isAUsageError() {
        var ended = Program.in(directory)
                .withEnvironment("OTEL_TRACES_EXPORTER", "nowhere")
                .hashtree("--trace", ".");

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("hashtree: --trace: ").endsWith("nowhere\n");
    }
}
