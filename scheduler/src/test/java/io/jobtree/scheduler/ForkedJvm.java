package io.jobtree.scheduler;

import java.nio.file.Path;
import java.util.stream.Stream;

/// Compiles a user's program and runs it in a JVM of its own.
final class ForkedJvm {
    private ForkedJvm() {}

    /// Compiles and runs a program that is called `Program`.
    static Jdk.Run run(Path directory, String source, String... options) throws Exception {
        var program = UserProgram.compile(directory, source).onClassPath();
        return Jdk.own()
                .java(
                        directory,
                        Stream.concat(Stream.of(options), program.stream()).toList());
    }
}
