package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import shop.OrderServiceSpec;

/// The page of the leak check shows the failure as it really prints.
final class ReadmeFailureTest {
    private static final String BEGINNING = "2 jobs and 1 open scheduler leaked";

    @Test
    void readme_showsTheFailure() throws IOException {
        String message = Outcomes.of(OrderServiceSpec.class).thrown("refund").getMessage();
        assertThat(steady(message)).isEqualTo(steady(shown()));
    }

    private static String shown() throws IOException {
        String readme = Files.readString(readme());
        int begin = readme.indexOf(BEGINNING);
        assertThat(begin).as("the failure in the docs").isPositive();
        return readme.substring(begin, readme.indexOf("\n```", begin));
    }

    /// The working directory is the module's, or the root where an IDE runs this.
    private static Path readme() {
        Path ofModule = Path.of("..", "docs", "leak-check.md");
        return Files.exists(ofModule) ? ofModule : Path.of("docs", "leak-check.md");
    }

    /// Without what differs from run to run.
    private static String steady(String text) {
        return text.replaceAll("#\\d+", "#1")
                .replaceAll(" +\\d+(\\.\\d)? (ms|s)\\b", " TIME")
                .replaceAll("… \\d+ frames", "… FRAMES")
                .replaceAll(" +", " ")
                .replaceAll("\\$\\d+\\(", "\\$0(")
                .strip();
    }
}
