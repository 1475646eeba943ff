package io.jobtree.scheduler.junit5.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.leak.Cancelled;
import io.jobtree.scheduler.junit5.leak.Leaks;
import io.jobtree.scheduler.junit5.report.LeaksJson;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
    @Test
    void read_givesMapsListsAndStrings() {
        assertThat(Json.read("{\"a\": [1, true, null, \"x\"], \"b\": {\"c\": {}}}"))
                .isEqualTo(Map.of("a", List.of("1", "true", "null", "x"), "b", Map.of("c", Map.of())));
    }

    @Test
    void read_unescapes() {
        assertThat(Json.read("\"java.base\\/a\\n\\t\\\"\\\\\\u00e9\\u004\"")).isEqualTo("java.base/a\n\t\"\\é?004");
    }

    @Test
    void read_forgivesStrayCommasAndTrailingText() {
        assertThat(Json.read("[1,,2,] and more")).isEqualTo(List.of("1", "2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[", "{\"a\"", "{\"a\":", "[1, {\"b\": [\"", "\"\\u1", "}", "]", ":", "{]", "[}", "[:]"
            })
    void read_ofBrokenText_ends(String text) {
        assertThat(Json.read(text)).isNotNull();
    }

    @Test
    void leaksJson_isReadBack() {
        var failure = new Origin.Unobserved("a/b\"\\\n\u0001é😀", 7, new IllegalStateException("x"));
        var leaks = new Leaks("T.t", java.time.Duration.ofMillis(5), List.of(), List.of(), List.of(), List.of(failure));
        var json = (Map<?, ?>) Json.read(new LeaksJson(leaks, Cancelled.NOTHING).toString());
        assertThat(json.get("waitedMillis")).isEqualTo("5");
        assertThat(json.get("failures"))
                .asInstanceOf(LIST)
                .singleElement()
                .asString()
                .contains("path=a/b\"\\\n\u0001é😀");
    }
}
