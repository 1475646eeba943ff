package io.jobtree.scheduler.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Draws a tree of any nodes, a line for each, in columns: name, state, age, remark. A scope with very many
/// children, a very deep tree and a very long one are folded, and what is left out is counted.
///
/// It works without recursion: a tree may be deeper than a stack.
///
/// @param row the line of a node
/// @param children what is below a node
/// @param summary of those that are folded, to stand after their number; may be empty
/// @param maxChildren how many lines the children of one node may take
/// @param maxLines how many lines the whole may take
/// @param <N> the nodes
public record TreeText<N>(
        Function<? super N, Row> row,
        Function<? super N, ? extends List<N>> children,
        Function<? super List<N>, String> summary,
        int maxChildren,
        int maxLines) {
    private static final int MAX_DEPTH = 30;
    private static final int MAX_COLUMNS = 200;

    /// A longer name does not push the other columns away from all shorter ones.
    private static final int MAX_NAME = 60;

    /// A line of the drawing, without the tree's branches.
    ///
    /// @param name stands right of the branches
    /// @param state a column of its own; may be empty
    /// @param age a column of its own, aligned to the right; may be empty
    /// @param remark the rest; may be empty
    public record Row(String name, String state, String age, String remark) {
        /// A row without columns.
        ///
        /// @param text the line
        /// @return a row
        public static Row of(String text) {
            return new Row(text, "", "", "");
        }

        private boolean isPlain() {
            return state.isEmpty() && age.isEmpty() && remark.isEmpty();
        }
    }

    /// A line still to be drawn: of a node and what is below it, or of nodes that were folded.
    private record Line<N>(
            String indent,
            String branch,
            String below,
            @Nullable N node,
            String folded,
            List<N> hidden) {}

    /// Draws.
    ///
    /// @param root the topmost node
    /// @return the lines, joined by line feeds
    public String draw(N root) {
        var rows = new ArrayList<Row>();
        var stack = new ArrayDeque<Line<N>>();
        stack.push(new Line<>("", "", "", root, "", List.of()));
        for (var line = stack.poll(); line != null; line = stack.poll()) {
            if (rows.size() >= maxLines) {
                stack.push(line);
                rows.add(Row.of("… " + countLeft(stack) + " more"));
                break;
            }
            rows.add(rowOf(line));
            if (line.node != null) {
                pushChildren(stack, line.node, line.indent + line.below);
            }
        }
        return aligned(rows);
    }

    private Row rowOf(Line<N> line) {
        var prefix = line.indent + line.branch;
        if (line.node == null) {
            return Row.of(prefix + line.folded);
        }
        var given = row.apply(line.node);
        return new Row(prefix + given.name, given.state, given.age, given.remark);
    }

    private void pushChildren(Deque<Line<N>> stack, N node, String indent) {
        List<N> below = children.apply(node);
        if (below.isEmpty()) {
            return;
        }
        if (indent.length() >= 4 * MAX_DEPTH) {
            stack.push(new Line<>(indent, "└── ", "", null, "… " + count(below) + " more below", below));
            return;
        }
        int shown = below.size() > maxChildren ? maxChildren - 1 : below.size();
        if (shown < below.size()) {
            var rest = below.subList(shown, below.size());
            stack.push(new Line<>(indent, "└── ", "", null, folded(rest), rest));
        }
        for (int i = shown - 1; i >= 0; i--) {
            boolean last = i == below.size() - 1;
            stack.push(new Line<>(indent, last ? "└── " : "├── ", last ? "    " : "│   ", below.get(i), "", List.of()));
        }
    }

    private String folded(List<N> rest) {
        var text = summary.apply(rest);
        return "… " + rest.size() + " more" + (text.isEmpty() ? "" : ": " + text);
    }

    private int countLeft(Deque<Line<N>> stack) {
        int left = 0;
        for (var line : stack) {
            left += count(line.node == null ? line.hidden : List.of(line.node));
        }
        return left;
    }

    /// These, and all below them.
    private int count(List<N> roots) {
        int count = 0;
        var queue = new ArrayDeque<N>(roots);
        for (var node = queue.poll(); node != null; node = queue.poll()) {
            count++;
            queue.addAll(children.apply(node));
        }
        return count;
    }

    private static String aligned(List<Row> rows) {
        int name = 0;
        int state = 0;
        int age = 0;
        for (var row : rows) {
            if (!row.isPlain()) {
                name = Math.max(name, width(row.name) <= MAX_NAME ? width(row.name) : 0);
                state = Math.max(state, width(row.state));
                age = Math.max(age, width(row.age));
            }
        }
        var text = new StringBuilder();
        for (var row : rows) {
            var line = row.isPlain()
                    ? row.name
                    : pad(row.name, name) + "  " + pad(row.state, state) + "  " + " ".repeat(age - width(row.age))
                            + row.age + "  " + row.remark;
            text.append(text.isEmpty() ? "" : "\n").append(cut(line.stripTrailing()));
        }
        return text.toString();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - width(text)));
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String cut(String line) {
        return width(line) <= MAX_COLUMNS ? line : line.substring(0, line.offsetByCodePoints(0, MAX_COLUMNS - 1)) + "…";
    }
}
