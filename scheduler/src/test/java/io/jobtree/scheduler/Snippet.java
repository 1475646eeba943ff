package io.jobtree.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A block of Java in a Markdown text, and what the text says of it.
///
/// A comment in the line before the block says how it is to be shown true:
/// - none: it runs without throwing;
/// - `<!-- prints -->`: it runs and prints the next block of the text;
/// - `<!-- from PATH -->`: it is a part of that file, which is compiled and run elsewhere;
/// - `<!-- compiles -->`: it needs surroundings that it does not show, and is compiled only.
///
/// @param line the number of the block's first line
/// @param heading the heading above it
/// @param marker what the comment says; empty without one
/// @param code the block
/// @param next the block that follows it
record Snippet(int line, String heading, String marker, String code, String next) {
    private static final Pattern MARKER = Pattern.compile("<!-- (prints|compiles|from [^ ]+) -->");
    private static final Pattern UNIT = Pattern.compile(
            "^(import |void main\\(|((public|final|sealed|abstract) )*(class|record|interface|enum) )",
            Pattern.MULTILINE);

    /// All blocks of Java in a text.
    static List<Snippet> in(List<String> lines) {
        var found = new ArrayList<Snippet>();
        var heading = "";
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("#")) {
                heading = lines.get(i).replaceFirst("^#+ ", "");
            }
            if (lines.get(i).startsWith("```")) {
                int end = endOfBlock(lines, i);
                if (lines.get(i).equals("```java")) {
                    found.add(new Snippet(
                            i + 1, heading, markerAbove(lines, i), block(lines, i), blockAfter(lines, end)));
                }
                i = end;
            }
        }
        return found;
    }

    private static String markerAbove(List<String> lines, int start) {
        var above = start == 0 ? "" : lines.get(start - 1);
        if (!above.startsWith("<!--")) {
            return "";
        }
        var matcher = MARKER.matcher(above);
        if (!matcher.matches()) {
            throw new IllegalStateException("README line " + start + " is no marker of a snippet: " + above);
        }
        return matcher.group(1);
    }

    private static String block(List<String> lines, int start) {
        return String.join("\n", lines.subList(start + 1, endOfBlock(lines, start))) + "\n";
    }

    private static int endOfBlock(List<String> lines, int start) {
        int end = start + 1;
        while (!lines.get(end).equals("```")) {
            end++;
        }
        return end;
    }

    private static String blockAfter(List<String> lines, int end) {
        for (int i = end + 1; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                return block(lines, i);
            }
        }
        return "";
    }

    boolean prints() {
        return marker.equals("prints");
    }

    boolean runs() {
        return marker.isEmpty() || prints();
    }

    /// The file that it is a part of, or an empty text.
    String file() {
        return marker.startsWith("from ") ? marker.substring("from ".length()) : "";
    }

    String className() {
        return "Line" + line;
    }

    /// A compilation unit: the block itself, or a class around it.
    String source() {
        if (UNIT.matcher(code).find()) {
            return code;
        }
        return """
            import io.jobtree.scheduler.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import static io.jobtree.scheduler.ReadmeWorld.*;

            final class %s {
                static void main() throws Exception {
            %s
                }
            }
            """.formatted(className(), code);
    }
}
