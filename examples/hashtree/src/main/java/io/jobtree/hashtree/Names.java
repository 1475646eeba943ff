package io.jobtree.hashtree;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/// Byte strings of paths, and paths of byte strings.
///
/// A `Path` of the default file system keeps the bytes that the system gave it, whatever the locale; only its
/// `toString` and `Path.of(String)` go through `sun.jnu.encoding` and lose what that cannot express: in the
/// locale `C`, every name that is not ASCII. Its URI does not, so names that are not ASCII go that way.
final class Names {
    /// Relative paths start here. The JVM decodes the working directory too, so in the locale `C` it can be
    /// lost.
    private static final Path HERE = Files.isDirectory(Path.of("")) ? Path.of("") : Path.of("/proc/self/cwd");

    private Names() {}

    /// The last name of a path, as a byte string.
    static String nameOf(Path path) {
        var name = path.getFileName();
        if (name == null) {
            return "";
        }
        var text = name.toString();
        return isAscii(text) ? text : lastOf(name.toUri().getRawPath());
    }

    /// The path that a byte string names.
    static Path pathOf(String bytes) {
        if (isAscii(bytes)) {
            return HERE.resolve(bytes);
        }
        var absolute = Path.of(URI.create("file:///" + escaped(bytes)));
        return bytes.startsWith("/") ? absolute : HERE.resolve(absolute.subpath(0, absolute.getNameCount()));
    }

    /// What a person reads: decoded as UTF-8, on one line.
    static String readable(String bytes) {
        var text = new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return SumLine.escape(text.isBlank() ? '\'' + text + '\'' : text);
    }

    /// The byte string of a text in UTF-8.
    static String bytesOf(String text) {
        return isAscii(text) ? text : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String lastOf(String rawPath) {
        // An URI of a directory, should the name be one's here, ends with a slash.
        int end = rawPath.endsWith("/") ? rawPath.length() - 1 : rawPath.length();
        var bytes = new ByteArrayOutputStream();
        for (int i = rawPath.lastIndexOf('/', end - 1) + 1; i < end; i++) {
            char c = rawPath.charAt(i);
            if (c == '%') {
                bytes.write(HexFormat.fromHexDigits(rawPath, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /// Percent-encoded, without the empty names that a path may have and a file's URI may not.
    private static String escaped(String bytes) {
        var uri = new StringBuilder();
        boolean slash = true;
        for (byte b : bytes.getBytes(StandardCharsets.ISO_8859_1)) {
            if (b != '/') {
                uri.append('%').append(HexFormat.of().toHexDigits(b));
            } else if (!slash) {
                uri.append('/');
            }
            slash = b == '/';
        }
        return uri.toString();
    }
}
