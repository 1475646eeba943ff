package io.jobtree.hashtree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "with space",
                "caf\u00c3\u00a9",
                "\u00ff",
                "\u00ed\u00a0\u0080",
                "100%\u00e9",
                "a\nb",
                "%C3"
            })
    void anyBytes_comeBackFromAPath(String bytes) {
        assertThat(Names.nameOf(Names.pathOf("/dir/" + bytes))).isEqualTo(bytes);
        assertThat(Names.nameOf(Names.pathOf("dir//" + bytes))).isEqualTo(bytes);
    }

    @Test
    void relativePath_staysRelative() {
        assertThat(Names.pathOf("../\u00c3\u00a9/x").isAbsolute()).isFalse();
        assertThat(Names.pathOf("../\u00c3\u00a9/x").getNameCount()).isEqualTo(3);
        assertThat(Names.pathOf("/\u00c3\u00a9/x").isAbsolute()).isTrue();
    }

    @Test
    void readable_isOneLineInUtf8AndNotBlank() {
        assertThat(Names.readable("caf\u00c3\u00a9")).isEqualTo("caf\u00e9");
        assertThat(Names.readable("a\nb")).isEqualTo("a\\nb");
        assertThat(Names.readable(" ")).isEqualTo("' '");
        assertThat(Names.readable("\u00ff")).isEqualTo("\ufffd");
    }
}
