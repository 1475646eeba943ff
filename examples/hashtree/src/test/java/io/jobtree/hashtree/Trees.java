package io.jobtree.hashtree;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes files to be hashed.
final class Trees {
    /// Takes minutes to read, and no place on the disk.
    private static final long HUGE = 1L << 40;

    private Trees() {}

    static Path file(Path directory, String name, String content) {
        try {
            var file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// A file that nobody will see the end of.
    static Path hugeFile(Path directory, String name) {
        return sparseFile(directory, name, HUGE);
    }

    static Path sparseFile(Path directory, String name, long size) {
        var path = directory.resolve(name);
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
            return path;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
