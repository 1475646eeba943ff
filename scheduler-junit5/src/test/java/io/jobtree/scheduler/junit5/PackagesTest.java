package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What finds knows nothing of what decides, and what prints nothing of either.
final class PackagesTest {
    private static final Path SOURCES = Path.of("src/main/java/io/jobtree/scheduler/junit5");
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?io\\.jobtree\\.scheduler\\.junit5\\.([a-z]+)\\.", Pattern.MULTILINE);

    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "settings", Set.of(),
            "find", Set.of("settings"),
            "leak", Set.of("find", "settings"),
            "threads", Set.of("find", "leak", "settings"),
            "report", Set.of("find", "leak", "settings"),
            "decide", Set.of("find", "leak", "report", "settings", "threads"));

    @ParameterizedTest
    @ValueSource(strings = {"settings", "find", "leak", "threads", "report", "decide"})
    void imports_haveOneDirection(String name) throws Exception {
        var used = new TreeSet<String>();
        try (var files = Files.walk(SOURCES.resolve(name))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                IMPORT.matcher(Files.readString(file)).results().forEach(found -> used.add(found.group(1)));
            }
        }
        used.remove(name);
        assertThat(MAY_USE.get(name)).containsAll(used);
    }

    @Test
    void packages_areAllKnown() throws Exception {
        try (var folders = Files.list(SOURCES)) {
            assertThat(folders.filter(Files::isDirectory)
                            .map(folder -> folder.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
        }
    }
}
