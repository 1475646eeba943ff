package io.jobtree.hashtree;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What `--tree` prints, read back.
final class PrintedTree {
    private static final Pattern LINE = Pattern.compile(" *[0-9.-]+ ms  (?<indent>(│  |   )*)(├─ |└─ )?(?<name>.*)");
    private static final int STEP = 3;

    private PrintedTree() {}

    /// The path of each job, below the scheduler, with slashes; sorted.
    static List<String> paths(String printed) {
        var above = new ArrayList<String>();
        var paths = new ArrayList<String>();
        for (var line : printed.lines().toList()) {
            var matcher = LINE.matcher(line);
            if (matcher.matches()) {
                int depth =
                        matcher.group(3) == null ? 0 : matcher.group("indent").length() / STEP + 1;
                above.subList(depth, above.size()).clear();
                above.add(matcher.group("name"));
                paths.add(String.join("/", above));
            }
        }
        return paths.stream().sorted().toList();
    }
}
