package io.jobtree.scheduler.synctest.runtime;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The packages that have yield points. A rewritten class names its package by number.
public final class Points {
    private static final List<String> NAMES = new ArrayList<>();

    private Points() {}

    /// For any thread.
    public static synchronized int idOf(String packageName) {
        int known = NAMES.indexOf(packageName);
        if (known >= 0) {
            return known;
        }
        NAMES.add(packageName);
        return NAMES.size() - 1;
    }

    private static synchronized String nameOf(int id) {
        return NAMES.get(id);
    }

    /// Whether it is that package or one below it.
    public static boolean isBelow(String name, String prefix) {
        return name.startsWith(prefix)
                && (name.length() == prefix.length() || prefix.isEmpty() || name.charAt(prefix.length()) == '.');
    }

    /// Which of them one bubble uses. The bubble's own.
    static final class Filter {
        private final List<String> prefixes;
        private final BitSet asked = new BitSet();
        private final BitSet used = new BitSet();

        Filter(List<String> prefixes) {
            this.prefixes = prefixes;
        }

        boolean has(int id) {
            if (!asked.get(id)) {
                asked.set(id);
                String name = nameOf(id);
                used.set(id, prefixes.stream().anyMatch(prefix -> isBelow(name, prefix)));
            }
            return used.get(id);
        }
    }
}
