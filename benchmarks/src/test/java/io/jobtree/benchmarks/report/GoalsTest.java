package io.jobtree.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.benchmarks.BenchmarksTest;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

final class GoalsTest {
    @Test
    void all_areAboutBenchmarksThatThereAre() {
        var sides = new ArrayList<String>();
        for (Goal goal : Goals.all()) {
            sides.add(name(goal.ours()));
            goal.baseline().ifPresent(side -> sides.add(name(side)));
        }

        assertThat(BenchmarksTest.names()).containsAll(sides);
    }

    private static String name(Side side) {
        return "io.jobtree.benchmarks." + side.question() + "." + side.library();
    }
}
