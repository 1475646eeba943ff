package io.jobtree.hashtree;

import java.util.HexFormat;

/// A line of `sha256sum`: the digest in hexadecimal, and a name.
///
/// @param digest the SHA-256, in lower case
/// @param name the file's path, as a byte string
record SumLine(String digest, String name) {
    private static final String SPECIAL = "\\\n\r";

    /// The line that `sha256sum` prints. A name that would break it is escaped, which a leading backslash
    /// tells.
    static String of(byte[] digest, String name) {
        var escaped = escape(name);
        return (escaped.length() == name.length() ? "" : "\\")
                + HexFormat.of().formatHex(digest)
                + "  "
                + escaped
                + '\n';
    }

    static String escape(String name) {
        if (name.chars().noneMatch(c -> SPECIAL.indexOf(c) >= 0)) {
            return name;
        }
        return name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }
}
