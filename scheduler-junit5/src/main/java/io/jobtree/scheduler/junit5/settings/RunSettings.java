package io.jobtree.scheduler.junit5.settings;

import io.jobtree.scheduler.junit5.settings.Parameters.Baseline;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What holds for a whole run, whatever annotations say.
///
/// @param baseline what is done about the baseline besides reading it; null if nothing
/// @param file of the baseline
/// @param attachesAgent whether the agent is loaded if it is not there
public record RunSettings(@Nullable Baseline baseline, Path file, boolean attachesAgent) {
    private static final String FILE = "jobtree-leaks.txt";

    private enum Agent {
        OFF,
        ATTACH
    }

    public static RunSettings of(Parameters parameters) {
        return new RunSettings(
                parameters.baseline().orElse(null),
                Path.of(parameters.text("baseline").orElse(FILE)),
                parameters.oneOf("agent", Agent.OFF) == Agent.ATTACH);
    }
}
