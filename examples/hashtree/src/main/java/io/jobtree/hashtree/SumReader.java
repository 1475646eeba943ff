package io.jobtree.hashtree;

import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads lines as `sha256sum -c` does: its own, those of `--tag` and of OpenSSL, and the old BSD form with one
/// space, if the file began with that.
final class SumReader {
    private static final int DIGITS = 64;
    private static final String TAG = "SHA256";

    private @Nullable Boolean oneSpace;

    /// The line's digest and name; null for a line that is improperly formatted.
    @Nullable
    SumLine read(String line) {
        int i = blanks(line, 0);
        boolean escaped = line.startsWith("\\", i);
        if (escaped) {
            i++;
        }
        if (line.startsWith(TAG, i)) {
            return tagged(line, i + TAG.length(), escaped);
        }
        int digits = i + DIGITS;
        if (digits + 1 >= line.length() || !isBlank(line.charAt(digits)) || !isDigest(line.substring(i, digits))) {
            return null;
        }
        int name = nameAfter(line, digits + 1);
        return name < 0 ? null : sum(line.substring(i, digits), line.substring(name), escaped);
    }

    /// Where the name starts; -1 where the two forms are mixed, which could make a leading space part of a
    /// name.
    private int nameAfter(String line, int i) {
        boolean mark = line.length() - i > 1 && (line.charAt(i) == ' ' || line.charAt(i) == '*');
        if (!mark) {
            if (Boolean.FALSE.equals(oneSpace)) {
                return -1;
            }
            oneSpace = true;
            return i;
        }
        if (Boolean.TRUE.equals(oneSpace)) {
            return i;
        }
        oneSpace = false;
        return i + 1;
    }

    /// ` (NAME) = DIGEST`
    private static @Nullable SumLine tagged(String line, int from, boolean escaped) {
        int open = line.startsWith(" ", from) ? from + 1 : from;
        int close = line.lastIndexOf(')');
        if (!line.startsWith("(", open) || close < open) {
            return null;
        }
        int equals = blanks(line, close + 1);
        if (!line.startsWith("=", equals)) {
            return null;
        }
        var digest = line.substring(blanks(line, equals + 1));
        return digest.length() == DIGITS && isDigest(digest)
                ? sum(digest, line.substring(open + 1, close), escaped)
                : null;
    }

    /// Undoes `escape`; null where a backslash has no meaning.
    private static @Nullable String unescape(String name) {
        var plain = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '\\') {
                i++;
                switch (i < name.length() ? name.charAt(i) : '\0') {
                    case '\\' -> plain.append('\\');
                    case 'n' -> plain.append('\n');
                    case 'r' -> plain.append('\r');
                    default -> {
                        return null;
                    }
                }
            } else if (c == '\0') {
                return null;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private static @Nullable SumLine sum(String digest, String name, boolean escaped) {
        int end = name.indexOf('\0');
        var plain = escaped ? unescape(name) : end < 0 ? name : name.substring(0, end);
        return plain == null ? null : new SumLine(digest.toLowerCase(Locale.ROOT), plain);
    }

    private static int blanks(String line, int from) {
        int i = from;
        while (i < line.length() && isBlank(line.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isDigest(String text) {
        return text.chars().allMatch(c -> c < 0x80 && HexFormat.isHexDigit(c));
    }
}
