package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/rules.md links each rule to its tests")
final class RulesPageTest {
    private static final Pattern LINK = Pattern.compile("\\[(Rule\\w+)]\\((\\S+)\\)");

    @Test
    void rules_areLinkedToEachOfTheirTests() throws Exception {
        var page = Files.readString(Path.of("../docs/rules.md"));
        List<String> linked =
                LINK.matcher(page).results().map(link -> link.group(1)).toList();
        List<String> there;
        try (var files = Files.walk(Path.of("src/test/java/io/jobtree/scheduler"))) {
            there = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("Rule\\d\\d\\w+Test\\.java"))
                    .map(name -> name.replace(".java", ""))
                    .toList();
        }
        assertThat(linked).containsExactlyInAnyOrderElementsOf(there);
    }

    @Test
    void links_leadToFiles() throws Exception {
        var page = Files.readString(Path.of("../docs/rules.md"));
        assertThat(LINK.matcher(page).results().map((MatchResult link) -> Path.of("../docs", link.group(2))))
                .isNotEmpty()
                .allMatch(Files::isRegularFile);
    }
}
