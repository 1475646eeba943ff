package io.jobtree.scheduler.junit5;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A test suite that is a module, and open to JUnit only.
final class ModulePathTest {
    private static final String MODULE = """
            module shop.tests {
                requires org.junit.jupiter.api;
                requires org.junit.platform.launcher;
                exports shop.tests;
                opens shop.tests to org.junit.platform.commons;
            }
            """;

    private static final String SUITE = """
            package shop.tests;
            class HoldsAThreadTest {
                private static Thread thread;
                @org.junit.jupiter.api.Test
                void starts() {
                    thread = Thread.startVirtualThread(() -> {
                        try { Thread.sleep(java.time.Duration.ofHours(1)); } catch (InterruptedException e) { return; }
                    });
                }
                @org.junit.jupiter.api.AfterAll
                static void end() throws InterruptedException {
                    thread.interrupt();
                    thread.join();
                }
            }
            """;

    private static final String MAIN = """
            package shop.tests;
            import org.junit.platform.engine.discovery.DiscoverySelectors;
            import org.junit.platform.launcher.core.*;
            import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
            public class Main {
                public static void main(String... args) {
                    var listener = new SummaryGeneratingListener();
                    LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request()
                            .selectors(DiscoverySelectors.selectClass(HoldsAThreadTest.class))
                            .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                            .build(), listener);
                    listener.getSummary().printFailuresTo(new java.io.PrintWriter(System.out, true));
                    System.out.println(listener.getSummary().getTestsSucceededCount() + " succeeded, "
                            + Main.class.getModule().getName() + ", "
                            + Class.forName("io.jobtree.scheduler.junit5.NoLeakedJobs").getModule().getName());
                }
            }
            """.replace("String... args)", "String... args) throws Exception");

    @Tag("slow")
    @Test
    void fieldsThatAreOpenToJUnitOnly_areSeen(@TempDir Path folder) throws Exception {
        Path sources = folder.resolve("shop/tests");
        Files.createDirectories(sources);
        Path module = Files.writeString(folder.resolve("module-info.java"), MODULE);
        Path suite = Files.writeString(sources.resolve("HoldsAThreadTest.java"), SUITE);
        Path main = Files.writeString(sources.resolve("Main.java"), MAIN);
        Path classes = folder.resolve("classes");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-d",
                                classes.toString(),
                                "--module-path",
                                modulePath(),
                                module.toString(),
                                suite.toString(),
                                main.toString()))
                .isZero();

        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        classes + File.pathSeparator + modulePath(),
                        "--add-modules",
                        "ALL-MODULE-PATH",
                        "-Djobtree.leaks.grace=30000",
                        "-m",
                        "shop.tests/shop.tests.Main")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("1 succeeded, shop.tests, io.jobtree.scheduler.junit5")
                .doesNotContain("leaked");
    }

    /// What a suite needs, without what is twice there or no module.
    private static String modulePath() {
        return Stream.of(ChildJvm.classPath().split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes")
                        && !entry.contains("scheduler-junit5-agent")
                        && !entry.contains("testkit"))
                .filter(entry -> entry.contains("scheduler")
                        || entry.contains("junit")
                        || entry.contains("jspecify")
                        || entry.contains("opentest4j")
                        || entry.contains("apiguardian"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
