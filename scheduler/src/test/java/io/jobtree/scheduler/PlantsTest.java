package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("proof/plants: each planted bug still finds its place in the source")
final class PlantsTest {
    private static final Pattern PARTS =
            Pattern.compile(".*\nfile: scheduler/(\\S+)\n--- find\n(.+?)\n--- replace\n.*", Pattern.DOTALL);

    static List<Path> plants() throws IOException {
        try (var files = Files.list(Path.of("proof", "plants"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("plants")
    void plant_findsItsTextOnce(Path plant) throws Exception {
        var parts = PARTS.matcher(Files.readString(plant));
        assertThat(parts.matches()).isTrue();
        var source = Files.readString(Path.of(parts.group(1)));
        long times = Pattern.compile(parts.group(2), Pattern.LITERAL)
                .matcher(source)
                .results()
                .count();
        assertThat(times)
                .as("how often %s has the text of %s", parts.group(1), plant)
                .isEqualTo(1);
    }
}
