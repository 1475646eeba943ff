package io.jobtree.scheduler.otel.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Settings are read as OpenTelemetry's own are.
final class ConfigTest {
    private static final String SETTING = "jobtree.test.setting";

    private final ConcurrentLinkedQueue<String> warnings = new ConcurrentLinkedQueue<>();
    private final Logger logger = Logger.getLogger("io.jobtree.scheduler.otel");
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord record) {
            warnings.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @AfterEach
    void nothingIsLeft() {
        System.clearProperty(SETTING);
        logger.removeHandler(listener);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void empty_isAsIfItWereNotThere(String text) {
        System.setProperty(SETTING, text);

        assertThat(Config.flag(SETTING, true)).isTrue();
        assertThat(Config.flag(SETTING, false)).isFalse();
        assertThat(Config.number(SETTING, 7)).isEqualTo(7);
        assertThat(Config.text(SETTING)).isNull();
    }

    @Test
    void variable_isRead_whereThereIsNoProperty() {
        assertThat(Config.text("path")).isEqualTo(System.getenv("PATH").strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", " true "})
    void true_isOn(String text) {
        System.setProperty(SETTING, text);

        assertThat(Config.flag(SETTING, false)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "on", "flase"})
    void whatIsNeitherTrueNorFalse_isOff_andSaysSo(String text) {
        System.setProperty(SETTING, text);
        logger.addHandler(listener);

        assertThat(Config.flag(SETTING, true)).isFalse();
        assertThat(warnings).singleElement().asString().contains(SETTING + " must be true or false: " + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "0", "-3", "99999999999"})
    void whatIsNoPositiveNumber_isTheDefault(String text) {
        System.setProperty(SETTING, text);

        assertThat(Config.number(SETTING, 7)).isEqualTo(7);
    }

    @Test
    void number_isRead() {
        System.setProperty(SETTING, " 12 ");

        assertThat(Config.number(SETTING, 7)).isEqualTo(12);
    }
}
