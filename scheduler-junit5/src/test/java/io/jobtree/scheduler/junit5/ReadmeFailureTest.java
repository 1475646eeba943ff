package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import shop.OrderServiceTest;

/// The page of the leak check shows the failure as it really prints.
final class ReadmeFailureTest {
    private static final String BEGINNING = "2 jobs and 1 open scheduler leaked";

    @Test
    void docs_showTheFailure() throws IOException {
        String message = Objects.requireNonNull(
                Outcomes.of(OrderServiceTest.class).thrown("refund").getMessage());
        assertThat(Shown.steady(message)).isEqualTo(Shown.steady(Shown.in("docs/leak-check.md", BEGINNING)));
    }
}
