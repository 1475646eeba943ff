package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import io.opentelemetry.api.GlobalOpenTelemetry;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// An application that has closed its schedulers can be unloaded, though the SDK stays, and other applications use it.
final class NothingHeldTest {
    @AfterEach
    void nothingIsLeft() {
        GlobalOpenTelemetry.resetForTest();
    }

    /// Runs in a class loader of its own, which has the telemetry that is found by itself.
    public static final class Application implements Runnable {
        @Override
        public void run() {
            for (int i = 0; i < 2; i++) {
                try (var jobs = Scheduler.open("orders")) {
                    jobs.spawn("page", () -> 1).join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /// Jobtree is the application's own, the API and the SDK are shared.
    private static final class OfApplication extends URLClassLoader {
        OfApplication() {
            super(classPath(), NothingHeldTest.class.getClassLoader());
        }

        private static URL[] classPath() {
            var path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                    .splitAsStream(path)
                    .map(OfApplication::url)
                    .toArray(URL[]::new);
        }

        private static URL url(String entry) {
            try {
                return Path.of(entry).toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(e);
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                var known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                return name.startsWith("io.jobtree.") ? findClass(name) : super.loadClass(name, resolve);
            }
        }
    }

    @Tag(Sdk.NEWER)
    @Test
    void classLoader_ofAnApplicationThatClosedItsSchedulers_isCollected() throws Exception {
        GlobalOpenTelemetry.resetForTest();
        try (var sdk = Sdk.open()) {
            GlobalOpenTelemetry.set(sdk.api());
            var loader = runAndForget();
            assertThat(sdk.spans()).hasSize(2);
            assertThat(sdk.count("jobtree.job.duration")).isEqualTo(2);
            // The telemetry's thread ends when it has had nothing to do for some seconds.
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                System.gc();
                assertThat(loader.refersTo(null)).as("the class loader is gone").isTrue();
            });
        }
    }

    private static WeakReference<ClassLoader> runAndForget() throws Exception {
        var loader = new OfApplication();
        var application = loader.loadClass(Application.class.getName());
        ((Runnable) application.getConstructor().newInstance()).run();
        loader.close();
        return new WeakReference<>(loader);
    }
}
