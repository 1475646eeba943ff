package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Failures as the documentation shows them.
final class Shown {
    private Shown() {}

    /// The block of a file of the root folder that begins like this.
    static String in(String file, String beginning) throws IOException {
        // The working directory is the module's, or the root where an IDE runs this.
        Path ofModule = Path.of("..", file);
        String text = Files.readString(Files.exists(ofModule) ? ofModule : Path.of(file));
        int begin = text.indexOf(beginning);
        assertThat(begin).as("the failure in %s", file).isPositive();
        return text.substring(begin, text.indexOf("\n```", begin));
    }

    /// Without what differs from run to run.
    static String steady(String text) {
        return text.replaceAll("#\\d+", "#1")
                .replaceAll(" +\\d+(\\.\\d)? (ms|s)\\b", " TIME")
                .replaceAll("… \\d+ frames", "… FRAMES")
                .replaceAll(" +", " ")
                .replaceAll("\\$\\d+\\(", "\\$0(")
                .strip();
    }
}
