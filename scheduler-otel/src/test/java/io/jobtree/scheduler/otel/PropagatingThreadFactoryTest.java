package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.testing.RawScope;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PropagatingThreadFactoryTest {
    private static final ContextKey<Integer> NUMBER = ContextKey.named("number");

    @AfterEach
    void nothingIsLeft() {
        Sdk.assertNoContextLeft();
    }

    @Test
    void rawStructuredTaskScope_oneLambdaForkedAThousandTimes_keepsEachContext() throws Exception {
        var threads = JobTelemetry.propagating(Thread.ofVirtual().factory());
        Callable<@Nullable Integer> task = () -> Context.current().get(NUMBER);
        var forked = new ArrayList<Supplier<@Nullable Integer>>();
        try (var scope = RawScope.open(threads)) {
            for (int i = 0; i < 1_000; i++) {
                try (var _ = Context.current().with(NUMBER, i).makeCurrent()) {
                    forked.add(scope.fork(task));
                }
            }
            scope.join();
        }

        for (int i = 0; i < 1_000; i++) {
            assertThat(forked.get(i).get()).isEqualTo(i);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // Null on purpose.
    void null_isNamed() {
        assertThatThrownBy(() -> JobTelemetry.propagating(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("threads");
    }
}
