package io.jobtree.hashtree;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/// SHA-256 of files.
///
/// **Threads:** any number at once; buffers are kept for the next file, as many as files were ever read at
/// once.
final class Hasher {
    private static final int CHUNK = 128 * 1024;

    private final Queue<Buffers> idle = new ConcurrentLinkedQueue<>();
    private final Progress progress;

    Hasher(Progress progress) {
        this.progress = progress;
    }

    /// Reads a file to its end. An interrupt closes the file and ends this at once.
    byte[] hash(Path file, Set<? extends OpenOption> options) throws IOException {
        var buffers = idle.poll();
        if (buffers == null) {
            buffers = new Buffers();
        }
        try (var channel = FileChannel.open(file, options)) {
            return buffers.hash(channel, progress);
        } finally {
            idle.add(buffers);
        }
    }

    /// What reading one file needs. `MessageDigest` is fastest on an array, and reading on a buffer outside the
    /// heap.
    private static final class Buffers {
        private final ByteBuffer read = ByteBuffer.allocateDirect(CHUNK);
        private final byte[] bytes = new byte[CHUNK];
        private final MessageDigest digest = sha256();

        byte[] hash(FileChannel channel, Progress progress) throws IOException {
            digest.reset();
            read.clear();
            while (channel.read(read) >= 0) {
                int length = read.flip().remaining();
                read.get(bytes, 0, length);
                digest.update(bytes, 0, length);
                progress.read(length);
                read.clear();
            }
            return digest.digest();
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("every Java platform has SHA-256", impossible);
            }
        }
    }
}
