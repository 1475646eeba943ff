package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/// A program of a user, compiled against the scheduler without a flag. Its class is `Program`.
record UserProgram(Path directory) {
    static final String NAME = "Program";

    /// Compiles it for the class path.
    static UserProgram compile(Path directory, String source) throws IOException {
        var program = new UserProgram(directory);
        var file = Files.writeString(directory.resolve(NAME + ".java"), source);
        compile(Stream.of("-cp", classes(), "-d", program.compiled().toString(), file.toString()));
        return program;
    }

    /// Compiles it as the module `user`, in the package `user`.
    static UserProgram compileModule(Path directory, String source) throws IOException {
        var program = new UserProgram(directory);
        var descriptor = Files.writeString(
                directory.resolve("module-info.java"), "module user { requires io.jobtree.scheduler; }");
        var file = Files.writeString(directory.resolve(NAME + ".java"), "package user;\n" + source);
        var modules = classes() + File.pathSeparator + jspecify();
        compile(Stream.of("-p", modules, "-d", program.compiled().toString(), descriptor.toString(), file.toString()));
        return program;
    }

    private static void compile(Stream<String> arguments) {
        var printed = new ByteArrayOutputStream();
        var all = Stream.concat(Stream.of("--release", "25", "-Xlint:preview", "-Werror"), arguments);
        var status = ToolProvider.getSystemJavaCompiler().run(null, printed, printed, all.toArray(String[]::new));
        assertThat(status).as("javac: %s", printed).isZero();
    }

    private Path compiled() {
        return directory.resolve("classes");
    }

    /// What `java` needs to run it.
    List<String> onClassPath() {
        return List.of("-cp", classes() + File.pathSeparator + compiled(), NAME);
    }

    List<String> onModulePath() {
        return List.of("-p", modulePath(), "-m", "user/user." + NAME);
    }

    /// Without JSpecify, which nothing needs at run time.
    String modulePath() {
        return classes() + File.pathSeparator + compiled();
    }

    /// Where the scheduler's own classes are: a folder or a jar.
    static String classes() {
        var location = Scheduler.class.getProtectionDomain().getCodeSource().getLocation();
        return Path.of(URI.create(location.toString())).toString();
    }

    private static String jspecify() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("jspecify"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
