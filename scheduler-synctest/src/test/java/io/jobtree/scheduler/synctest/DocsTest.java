package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The published table has the rows that are tested, and no other.
final class DocsTest {
    private static final Path PAGE = Path.of("..", "docs", "virtual-time.md");

    @Test
    void theTableOfTimedConstructs_isTheOneThatIsTested() throws Exception {
        List<String> lines = Files.readAllLines(PAGE);
        List<String> rows = lines.subList(lines.indexOf("| construct |") + 2, lines.size()).stream()
                .map(line -> line.replaceAll("^\\| `|` \\|$", ""))
                .toList();
        assertThat(rows).containsExactlyElementsOf(TimedConstructs.all().keySet());
    }
}
