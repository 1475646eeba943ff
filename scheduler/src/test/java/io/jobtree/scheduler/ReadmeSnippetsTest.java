package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every block of Java in the README, and in the pages of `docs` about the scheduler, compiles and does what
/// the text says. [Snippet] says how a block is marked.
@Timeout(120)
@Tag(TestOptions.FRESH_THREADS)
final class ReadmeSnippetsTest {
    private static final Path ROOT = Path.of("..");

    private static final List<String> PAGES = List.of(
            "README.md",
            "docs/first-steps.md",
            "docs/limits.md",
            "docs/closing.md",
            "docs/web-server.md",
            "docs/leak-check.md",
            "docs/tracing-in-detail.md",
            "docs/testing-your-code.md");

    // A tree may be drawn before a thread has come as far as the README shows.
    private static final int ATTEMPTS = 30;

    @TempDir
    private Path directory;

    private static List<Snippet> snippets(String page) throws IOException {
        return Snippet.in(Files.readAllLines(ROOT.resolve(page)));
    }

    @Test
    void readme_hasSnippets_andShowsATreeFirst() throws IOException {
        var snippets = snippets("README.md");
        assertThat(snippets).hasSizeGreaterThan(2);
        assertThat(snippets.getFirst().prints()).isTrue();
        assertThat(snippets.getFirst().next()).contains("└── ");
    }

    @TestFactory
    List<DynamicTest> snippet() throws IOException {
        var tests = new ArrayList<DynamicTest>();
        for (var page : PAGES) {
            for (var snippet : snippets(page)) {
                var name = page + " line " + snippet.line() + ", " + snippet.heading();
                tests.add(DynamicTest.dynamicTest(name, () -> showTrue(snippet)));
            }
        }
        return tests;
    }

    private void showTrue(Snippet snippet) throws Exception {
        if (!snippet.file().isEmpty()) {
            assertThat(Files.readString(ROOT.resolve(snippet.file())))
                    .contains(snippet.code().strip());
            return;
        }
        var classes = compile(snippet);
        if (snippet.prints()) {
            assertPrints(snippet, classes);
        } else if (snippet.runs()) {
            run(snippet, classes);
        }
    }

    private void assertPrints(Snippet snippet, Path classes) throws Exception {
        var wanted = withoutTimesAndIds(snippet.next());
        var printed = "";
        for (int i = 0; i < ATTEMPTS && !printed.equals(wanted); i++) {
            printed = withoutTimesAndIds(run(snippet, classes));
        }
        assertThat(printed).isEqualTo(wanted);
    }

    private static String withoutTimesAndIds(String text) {
        return text.replaceAll("\\d+(\\.\\d)? (µs|ms|s)\\b", "TIME")
                .replaceAll("#\\d+", "#ID")
                .replaceAll(" +", " ");
    }

    private Path compile(Snippet snippet) throws IOException {
        var classes = Files.createTempDirectory(directory, snippet.className());
        var source = Files.writeString(classes.resolve(snippet.className() + ".java"), snippet.source());
        var compiler = ToolProvider.getSystemJavaCompiler();
        var problems = new DiagnosticCollector<JavaFileObject>();
        try (var files = compiler.getStandardFileManager(problems, Locale.ROOT, StandardCharsets.UTF_8)) {
            var classPath = System.getProperty("java.class.path");
            var options = List.of("-d", classes.toString(), "-cp", classPath, "-proc:none", "--release", "25");
            compiler.getTask(null, files, problems, options, null, files.getJavaFileObjects(source))
                    .call();
        }
        assertThat(problems.getDiagnostics()).as(snippet.source()).isEmpty();
        return classes;
    }

    /// Runs `main`, and gives what it printed.
    private static String run(Snippet snippet, Path classes) throws Exception {
        var out = System.out;
        var printed = new ByteArrayOutputStream();
        try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            var main = loader.loadClass(snippet.className()).getDeclaredMethod("main");
            main.setAccessible(true);
            main.invoke(Modifier.isStatic(main.getModifiers()) ? null : instance(main.getDeclaringClass()));
        } catch (InvocationTargetException e) {
            throw new AssertionError("line " + snippet.line() + " threw", e.getCause());
        } finally {
            System.setOut(out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static Object instance(Class<?> type) throws ReflectiveOperationException {
        var constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }
}
