package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users see one package; what is behind it has one direction, and what is at the bottom knows nothing of jobs.
final class PackagesTest {
    private static final String API = "";
    private static final Path SOURCES = Path.of("src/main/java/io/jobtree/scheduler");

    /// The package below the API's, if there is one, and the class.
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?io\\.jobtree\\.scheduler\\.(?:([a-z]+)\\.)?[A-Z]", Pattern.MULTILINE);

    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "text", Set.of(),
            "platform", Set.of("text"),
            "picture", Set.of(API, "platform", "text"),
            "engine", Set.of(API, "platform", "text"));

    @ParameterizedTest
    @ValueSource(strings = {"text", "platform", "picture", "engine"})
    void imports_haveOneDirection(String name) throws Exception {
        var used = new TreeSet<String>();
        try (var files = Files.walk(SOURCES.resolve(name))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                IMPORT.matcher(Files.readString(file))
                        .results()
                        .forEach(found -> used.add(found.group(1) == null ? API : found.group(1)));
            }
        }
        used.remove(name);
        assertThat(MAY_USE.get(name)).containsAll(used);
    }

    @Test
    void packages_areAllKnown() throws Exception {
        try (var folders = Files.list(SOURCES)) {
            assertThat(folders.filter(Files::isDirectory)
                            .map(folder -> folder.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
        }
    }

    @Test
    void theApi_isAllThatIsExportedToEverybody() throws Exception {
        var classes = Path.of(Scheduler.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (var descriptor = Files.newInputStream(classes.resolve("module-info.class"))) {
            assertThat(ModuleDescriptor.read(descriptor).exports().stream()
                            .filter(exported -> !exported.isQualified())
                            .map(ModuleDescriptor.Exports::source))
                    .containsExactly("io.jobtree.scheduler");
        }
    }

    /// A method that users are not to have must not come to them by a superclass.
    @Test
    void theApisClasses_extendNothingOfTheEngine() throws Exception {
        try (var files = Files.list(SOURCES)) {
            for (var file : files.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.endsWith("package-info.java"))
                    .toList()) {
                var type = Class.forName(
                        "io.jobtree.scheduler." + file.getFileName().toString().replace(".java", ""));
                var above = type.getSuperclass();
                if (Modifier.isPublic(type.getModifiers()) && above != null) {
                    assertThat(above.getName()).as(type.getName()).startsWith("java.");
                }
            }
        }
    }
}
