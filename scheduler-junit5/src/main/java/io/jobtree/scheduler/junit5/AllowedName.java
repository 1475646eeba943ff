package io.jobtree.scheduler.junit5;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// A glob on a whole name: `*` stands for any characters, `?` for one.
record AllowedName(String glob, Pattern pattern) {
    static AllowedName of(String glob) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return new AllowedName(glob, Pattern.compile(regex.toString(), Pattern.DOTALL));
    }

    /// Globs that match all of these names and little else: names that differ in their last digits share one.
    static List<String> globsFor(List<String> names) {
        Map<String, Set<String>> byStem = new LinkedHashMap<>();
        for (String name : names) {
            byStem.computeIfAbsent(Sites.stem(name), stem -> new LinkedHashSet<>())
                    .add(name);
        }
        List<String> globs = new ArrayList<>();
        byStem.forEach((stem, alike) -> {
            if (alike.size() == 1 || stem.isEmpty()) {
                globs.addAll(alike);
            } else {
                globs.add(stem + "*");
            }
        });
        return globs;
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }
}
