package io.jobtree.scheduler.junit5.report;

import static io.jobtree.scheduler.text.Texts.printable;

import java.util.List;

/// Lines in indented blocks, with an empty line before each. A text is one line, whatever the names in it hold.
final class Blocks {
    private static final String INDENT = "  ";
    private static final int LABEL = 10;

    private final StringBuilder out = new StringBuilder();

    void line(String text) {
        if (!out.isEmpty()) {
            out.append('\n');
        }
        out.append(printable(text));
    }

    void head(String text) {
        out.append('\n');
        line(INDENT + text);
    }

    /// A label, and lines beside it; nothing if there are none.
    void labelled(String label, List<String> lines) {
        String head = label;
        for (String text : lines) {
            line((INDENT + INDENT + head + " ".repeat(LABEL - head.length()) + text).stripTrailing());
            head = "";
        }
    }

    void section(String title, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        head(title);
        lines.forEach(text -> line(INDENT + INDENT + text));
    }

    void more(int count, String noun) {
        if (count > 0) {
            head("… and " + Texts.count(count, "more " + noun) + "; all are in leaks.json");
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
