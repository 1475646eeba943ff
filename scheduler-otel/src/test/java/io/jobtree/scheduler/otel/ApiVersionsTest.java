package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What this module calls of `opentelemetry-api` is there in the oldest version that it works with: a newer method
/// is called in one class alone, which looks first.
final class ApiVersionsTest {
    private static final Path OLDEST = Path.of(System.getProperty("oldest.api", "target/oldest-api"));
    private static final String LOOKS_FIRST = "io/jobtree/scheduler/otel/compat/Api";

    @Test
    void everyCall_isThereInTheOldestVersion() throws Exception {
        var missing = new TreeSet<String>();
        try (var oldest = new URLClassLoader(jars(), ClassLoader.getPlatformClassLoader())) {
            for (var file : classes()) {
                var model = ClassFile.of().parse(file);
                if (!model.thisClass().asInternalName().equals(LOOKS_FIRST)) {
                    calls(model)
                            .filter(call -> !isThere(oldest, call))
                            .forEach(call -> missing.add(model.thisClass().asInternalName() + " calls "
                                    + call.owner().asInternalName() + '.'
                                    + call.name().stringValue()
                                    + call.type().stringValue()));
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static List<Path> classes() throws IOException {
        var root = Path.of(URI.create(JobTelemetry.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        try (var files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("module-info.class"))
                    .toList();
        }
    }

    private static URL[] jars() throws IOException {
        try (var files = Files.list(OLDEST)) {
            var jars = files.map(ApiVersionsTest::url).toArray(URL[]::new);
            assertThat(jars).hasSize(2);
            return jars;
        }
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Stream<MemberRefEntry> calls(ClassModel model) {
        return Stream.iterate(
                        1,
                        index -> index < model.constantPool().size(),
                        index ->
                                index + model.constantPool().entryByIndex(index).width())
                .map(index -> model.constantPool().entryByIndex(index))
                .filter(MemberRefEntry.class::isInstance)
                .map(MemberRefEntry.class::cast)
                .filter(call -> call.owner().asInternalName().startsWith("io/opentelemetry/api/")
                        || call.owner().asInternalName().startsWith("io/opentelemetry/context/"));
    }

    private static boolean isThere(ClassLoader oldest, MemberRefEntry call) {
        try {
            var owner = Class.forName(call.owner().asInternalName().replace('/', '.'), false, oldest);
            return Stream.concat(Stream.of(owner.getMethods()), Stream.of(owner.getDeclaredMethods()))
                            .anyMatch(method -> method.getName()
                                            .equals(call.name().stringValue())
                                    && descriptor(method).equals(call.type().stringValue()))
                    || Stream.of(owner.getFields())
                            .anyMatch(
                                    field -> field.getName().equals(call.name().stringValue()))
                    || isOfObject(call);
        } catch (ClassNotFoundException none) {
            return false;
        }
    }

    private static boolean isOfObject(MemberRefEntry call) {
        return Stream.of(Object.class.getMethods())
                .anyMatch(method -> method.getName().equals(call.name().stringValue()));
    }

    private static String descriptor(java.lang.reflect.Method method) {
        return java.lang.invoke.MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                .descriptorString();
    }
}
