package io.jobtree.top;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Draws as SVG what a terminal shows, given as text with the escape sequences of bold, faint, reverse
/// and yellow.
final class TerminalPicture {
    private static final Pattern STYLE = Pattern.compile("\u001b\\[([\\d;]*)m|\u000e|\u000f");
    private static final double WIDTH = 8.4;
    private static final int HEIGHT = 19;
    private static final int MARGIN = 16;

    private final StringBuilder svg = new StringBuilder();

    private TerminalPicture() {}

    static String of(String screen, int columns) {
        var lines = screen.stripTrailing().lines().toList();
        var picture = new TerminalPicture();
        picture.svg.append(String.format(
                Locale.ROOT,
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" font-size="14" font-family="%s">
                <rect width="100%%" height="100%%" rx="8" fill="#161b22"/>
                """,
                columns * WIDTH + 2 * MARGIN,
                lines.size() * HEIGHT + 2 * MARGIN,
                "DejaVu Sans Mono, Menlo, Consolas, monospace"));
        for (int i = 0; i < lines.size(); i++) {
            picture.line(lines.get(i), MARGIN + i * HEIGHT);
        }
        return picture.svg + "</svg>\n";
    }

    private void line(String line, int top) {
        var matcher = STYLE.matcher(line);
        Set<Integer> codes = new TreeSet<>();
        int column = 0;
        int from = 0;
        while (matcher.find()) {
            column = run(line.substring(from, matcher.start()), codes, column, top);
            from = matcher.end();
            if (matcher.group(1) != null) {
                codesOf(matcher.group(1)).forEach(code -> change(codes, code));
            }
        }
        run(line.substring(from), codes, column, top);
    }

    private static List<Integer> codesOf(String text) {
        var codes = new ArrayList<Integer>();
        for (var code : text.split(";", -1)) {
            codes.add(code.isEmpty() ? 0 : Integer.parseInt(code));
        }
        return codes;
    }

    private static void change(Set<Integer> codes, int code) {
        if (code == 0) {
            codes.clear();
        } else {
            codes.add(code);
        }
    }

    /// Draws text of one style; gives the column after it.
    private int run(String text, Set<Integer> codes, int column, int top) {
        double left = MARGIN + column * WIDTH;
        double width = text.length() * WIDTH;
        boolean reverse = codes.contains(7);
        var colour = reverse ? "#161b22" : codes.contains(2) ? "#8b949e" : codes.contains(33) ? "#e3b341" : "#e6edf3";
        if (reverse) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#58a6ff\"/>\n",
                    left,
                    top,
                    width,
                    HEIGHT));
        }
        if (!text.isBlank()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\" xml:space=\"preserve\" fill=\"%s\"%s>%s</text>\n",
                    left,
                    top + 14,
                    width,
                    colour,
                    codes.contains(1) ? " font-weight=\"bold\"" : "",
                    text.replace("&", "&amp;").replace("<", "&lt;")));
        }
        return column + text.length();
    }
}
