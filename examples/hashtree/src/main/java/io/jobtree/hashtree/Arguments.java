package io.jobtree.hashtree;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// The program's arguments as byte strings.
final class Arguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private Arguments() {}

    /// The bytes of the arguments that `main` was given decoded: the last ones of the process's own, where the
    /// system shows those; elsewhere they are taken for UTF-8.
    static String[] bytesOf(String[] arguments) {
        try {
            var all =
                    Files.readString(COMMAND_LINE, StandardCharsets.ISO_8859_1).split("\0", -1);
            // There is a zero after the last one too.
            int end = all.length - 1;
            if (end > arguments.length) {
                return Arrays.copyOfRange(all, end - arguments.length, end);
            }
        } catch (IOException notShown) {
            // Not a Linux system.
        }
        return Arrays.stream(arguments).map(Names::bytesOf).toArray(String[]::new);
    }
}
