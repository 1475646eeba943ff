package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// The engine's own converter writes each of these down, and ends.
final class SendableTest {
    private static Throwable sent(Throwable failure) {
        var converter = DefaultDataConverter.STANDARD_INSTANCE;
        return converter.failureToException(converter.exceptionToFailure(Sendable.of(failure)));
    }

    @Test
    void failure_thatCanBeWritten_staysItself() {
        var failure = new IOException("no disk", new IllegalStateException("full"));
        assertThat(Sendable.of(failure)).isSameAs(failure);
        var own = ApplicationFailure.newNonRetryableFailure("no", "Declined", "detail");
        assertThat(Sendable.of(own)).isSameAs(own);
    }

    @Test
    void causesInACircle_areCut() {
        var first = new IOException("first");
        first.initCause(new IllegalStateException("second", first));
        var sent = (ApplicationFailure) sent(first);
        assertThat(sent.getType()).isEqualTo(IOException.class.getName());
        assertThat(sent.getOriginalMessage()).isEqualTo("first");
        assertThat(sent.getStackTrace()[0].getClassName()).isEqualTo(SendableTest.class.getName());
        assertThat(sent.getCause()).isInstanceOfSatisfying(ApplicationFailure.class, cause -> {
            assertThat(cause.getType()).isEqualTo(IllegalStateException.class.getName());
            assertThat(cause.getCause()).isNull();
        });
    }

    @Test
    void causesWithoutEnd_areCut() {
        var sent = sent(new Exception("endless") {
            @Override
            public synchronized Throwable getCause() {
                return new Exception("another") {
                    @Override
                    public synchronized Throwable getCause() {
                        return new IllegalStateException(new Exception("deep"));
                    }
                };
            }
        });
        assertThat(((ApplicationFailure) sent).getOriginalMessage()).isEqualTo("endless");
        Throwable deep = new IOException("0");
        for (int i = 1; i < 3_000; i++) {
            deep = new IOException(Integer.toString(i), deep);
        }
        int length = 0;
        for (var at = sent(deep); at != null; at = at.getCause()) {
            length++;
        }
        assertThat(length).isEqualTo(30);
    }

    @Test
    void longMessage_isCut() {
        var sent = (ApplicationFailure) sent(new IOException("no", new IOException("x".repeat(5_000_000))));
        assertThat(sent.getOriginalMessage()).isEqualTo("no");
        assertThat(sent.getCause())
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        cause -> assertThat(cause.getOriginalMessage())
                                .startsWith("xxx")
                                .endsWith("x… (5000000 characters)")
                                .hasSizeLessThan(11_000));
    }

    @Test
    void whatThrows_isLeftOut() {
        var sent = (ApplicationFailure) sent(new IllegalStateException() {
            @Override
            public String getMessage() {
                throw new UnsupportedOperationException();
            }

            @Override
            public StackTraceElement[] getStackTrace() {
                throw new UnsupportedOperationException();
            }
        });
        assertThat(sent.getType()).startsWith(SendableTest.class.getName());
        assertThat(sent.getOriginalMessage()).contains("UnsupportedOperationException");
    }
}
