package io.jobtree.hashtree;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/// Standard output and standard error, which may be one terminal. Takes byte strings and writes whole lines.
///
/// **Threads:** any.
final class Screen {
    private static final int BUFFER = 64 * 1024;
    private static final String ERASE = "\r\033[K";

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final OutputStream err = new FileOutputStream(FileDescriptor.err);
    private final boolean outIsTerminal = isTerminal(1);
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock: lines that are not written yet, and whether the bar is on the terminal.
    private final byte[] lines = new byte[BUFFER];
    private int length;
    private boolean barShown;

    /// Whether standard error is a terminal.
    static boolean errIsTerminal() {
        return isTerminal(2);
    }

    /// `System.console` would tell of standard input and output only.
    private static boolean isTerminal(int descriptor) {
        try {
            var device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException notLinux) {
            return false;
        }
    }

    /// Prints a line, or several, now or later.
    void print(String line) throws OutputException {
        var bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        lock.lock();
        try {
            if (bytes.length > BUFFER - length) {
                flush();
            }
            if (bytes.length > BUFFER) {
                write(bytes, bytes.length);
            } else {
                System.arraycopy(bytes, 0, lines, length, bytes.length);
                length += bytes.length;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Writes what was printed.
    void flush() throws OutputException {
        lock.lock();
        try {
            int all = length;
            length = 0;
            write(lines, all);
        } finally {
            lock.unlock();
        }
    }

    private void write(byte[] bytes, int count) throws OutputException {
        try {
            if (outIsTerminal) {
                eraseBar();
            }
            out.write(bytes, 0, count);
        } catch (IOException failure) {
            throw new OutputException(failure);
        }
    }

    /// Prints a line about something that is wrong.
    void complain(String line) {
        lock.lock();
        try {
            eraseBar();
            err.write(("hashtree: " + line + '\n').getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException nobodyReads) {
            // There is no better place to say so.
        } finally {
            lock.unlock();
        }
    }

    /// Shows the bar in place of the one before; an empty text removes it.
    void showBar(String text) {
        lock.lock();
        try {
            eraseBar();
            err.write(text.getBytes(StandardCharsets.UTF_8));
            barShown = !text.isEmpty();
        } catch (IOException nobodyReads) {
            // As above.
        } finally {
            lock.unlock();
        }
    }

    private void eraseBar() throws IOException {
        if (barShown) {
            err.write(ERASE.getBytes(StandardCharsets.ISO_8859_1));
            barShown = false;
        }
    }

    /// A writer of byte strings to standard output or error, for usage texts and the tree.
    static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.ISO_8859_1);
    }
}
