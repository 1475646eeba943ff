package io.jobtree.scheduler.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// An application that has closed its schedulers can be unloaded, though the JDK stays.
final class NothingHeldTest {
    /// Runs in a class loader of its own.
    public static final class Application implements Runnable {
        @Override
        public void run() {
            var options = SchedulerOptions.named("shop").withObserver(new JobFlightRecorder());
            try (var first = Scheduler.open(options);
                    var second = Scheduler.open(options)) {
                first.spawn("order", () -> 1).join();
                second.spawn("order", () -> 1).join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void classLoader_ofAnApplicationThatClosedItsSchedulers_isCollected() throws Exception {
        var loader = runAndForget();
        Awaitility.await().untilAsserted(() -> {
            System.gc();
            assertThat(loader.refersTo(null)).as("the class loader is gone").isTrue();
        });
    }

    private static WeakReference<ClassLoader> runAndForget() throws Exception {
        var path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var urls = new ArrayList<URL>();
        for (var entry : Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(path)
                .toList()) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        var loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        var application = loader.loadClass(Application.class.getName());
        ((Runnable) application.getConstructor().newInstance()).run();
        loader.close();
        return new WeakReference<>(loader);
    }
}
