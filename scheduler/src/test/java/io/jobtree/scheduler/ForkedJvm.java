package io.jobtree.scheduler;

import java.nio.file.Path;

/// Compiles a user's program and runs it in a JVM of its own.
final class ForkedJvm {
    private ForkedJvm() {}

    /// Compiles and runs a program that is called `Program`.
    static Jdk.Run run(Path directory, String source) throws Exception {
        return Jdk.own().java(directory, UserProgram.compile(directory, source).onClassPath());
    }
}
