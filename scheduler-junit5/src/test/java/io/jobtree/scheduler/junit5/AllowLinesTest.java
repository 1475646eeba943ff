package io.jobtree.scheduler.junit5;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.Named;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineTestKit;

/// Each failure prints an annotation and a line for `junit-platform.properties`; pasted as they are, both allow it.
final class AllowLinesTest {
    private static final Pattern ANNOTATION = Pattern.compile("(@AllowLeakedJobs\\(.*\\))");
    private static final Pattern LINE = Pattern.compile("jobtree\\.leaks\\.allow=(.*)");
    private static final List<String> NAMES = List.of(
            "mail",
            "mail-17",
            "a, b",
            "a=b",
            "site=a",
            "kind=x",
            "wait kind=THREAD site=y",
            " leading",
            "trailing ",
            "back\\slash",
            "back\\",
            "\\u0041",
            "say \"hi\"",
            "line\nbreak",
            "tab\there",
            "st*r and ?",
            "w\u00f6rker",
            "\u8cde\u91d1-1",
            "face \ud83d\ude00 1",
            "a: b",
            "#1 a",
            "!a",
            "100% of ${project.name}",
            "(a|b)+[c]",
            "Client@7f31245a-io-1");

    @TempDir
    private Path folder;

    @AfterEach
    void end() {
        Named.end();
        Named.OfAClient.end();
        Named.OfAnEmptyExecutor.end();
        Named.OfATaskScope.end();
    }

    @Tag("slow")
    @Test
    void ofAnyName_bothAllowIt() throws Exception {
        check(Named.OfAThread.class, NAMES);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            classes = {Named.OfAVirtualThread.class, Named.OfAPool.class, Named.OfAJob.class, Named.OfAScheduler.class})
    void ofAnyKind_bothAllowIt(Class<?> suite) throws Exception {
        check(suite, List.of("mail-17", "wait kind=THREAD, site=y\\", "w\u00f6rker \ud83d\ude00 1 "));
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            classes = {
                Named.Unnamed.class,
                Named.OfAClient.class,
                Named.OfAnEmptyExecutor.class,
                Named.OfATaskScope.class
            })
    void ofNoName_bothAllowIt(Class<?> suite) throws Exception {
        check(suite, List.of("unused"));
    }

    private void check(Class<?> suite, List<String> names) throws Exception {
        List<String> annotations = new ArrayList<>();
        for (String name : names) {
            Named.set(name);
            List<String> messages = failures(watched(suite));
            assertThat(messages).as(name).isNotEmpty();
            annotations.add(joined(messages, ANNOTATION, "\n"));
            String line = joined(messages, LINE, ",");
            assertThat(failures(watched(suite).configurationParameter("jobtree.leaks.allow", asRead(line))))
                    .as("with %s", line)
                    .isEmpty();
        }
        List<Class<?>> allowing = compiled(suite, annotations);
        for (int i = 0; i < names.size(); i++) {
            Named.set(names.get(i));
            assertThat(failures(watched(allowing.get(i))))
                    .as("with %s", annotations.get(i))
                    .isEmpty();
        }
    }

    private static EngineTestKit.Builder watched(Class<?> suite) {
        return Kit.autoDetected(suite).configurationParameter("jobtree.leaks.grace", "20");
    }

    private static List<String> failures(EngineTestKit.Builder kit) {
        try {
            return Outcomes.of(kit).byName().values().stream()
                    .flatMap(result -> result.getThrowable().stream())
                    .map(String::valueOf)
                    .toList();
        } finally {
            Named.OfATaskScope.end(); // in the thread that opened it
        }
    }

    private static String joined(List<String> messages, Pattern pattern, String separator) {
        return messages.stream()
                .map(message -> {
                    Matcher matcher = pattern.matcher(message);
                    assertThat(matcher.find()).as(message).isTrue();
                    return matcher.group(1);
                })
                .collect(Collectors.joining(separator));
    }

    /// As JUnit has it from a file that an editor writes.
    private static String asRead(String line) throws IOException {
        var properties = new Properties();
        properties.load(new ByteArrayInputStream(("allow=" + line + "\n").getBytes(UTF_8)));
        return properties.getProperty("allow");
    }

    private List<Class<?>> compiled(Class<?> suite, List<String> annotations) throws Exception {
        var source = new StringBuilder("""
                import io.jobtree.scheduler.junit5.AllowLeakedJobs;
                import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
                """);
        for (int i = 0; i < annotations.size(); i++) {
            source.append(
                    annotations.get(i) + "\nclass Allowing" + i + " extends " + suite.getCanonicalName() + " {}\n");
        }
        Path file = Files.writeString(folder.resolve("Allowing.java"), source, UTF_8);
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        System.out,
                        System.err,
                        List.of(
                                        "-proc:none",
                                        "-encoding",
                                        "UTF-8",
                                        "-cp",
                                        ChildJvm.classPath(),
                                        "-d",
                                        folder.toString(),
                                        file.toString())
                                .toArray(String[]::new));
        assertThat(failed).as("javac of %s", source).isZero();
        List<Class<?>> classes = new ArrayList<>();
        var loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
        for (int i = 0; i < annotations.size(); i++) {
            classes.add(loader.loadClass("Allowing" + i));
        }
        return classes;
    }
}
