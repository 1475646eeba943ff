package io.jobtree.scheduler.junit5.settings;

import io.jobtree.scheduler.junit5.AllowLeakedJobs;
import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/// What may leak: a name, a place and kinds, all of which must match.
///
/// @param name null for all
/// @param site null for all
/// @param kinds empty for all
public record Allowance(@Nullable Glob name, @Nullable Glob site, Set<Kind> kinds) {
    private static final List<String> KEYS = List.of("name", "site", "kind");
    private static final int MAX_TYPOS = 2;
    private static final Pattern PARTS = Pattern.compile("\\s+(?=(?:name|site|kind)=)");

    static Allowance of(AllowLeakedJobs annotation) {
        return new Allowance(
                Glob.ofGiven(annotation.name()),
                Glob.ofGiven(annotation.site()),
                Set.copyOf(List.of(annotation.kinds())));
    }

    /// One entry of `jobtree.leaks.allow`: `metrics-*`, or `site=com.acme.Pool.* kind=EXECUTOR`.
    static Allowance parse(String entry) {
        String name = "";
        String site = "";
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (String part : PARTS.split(entry.strip(), 0)) {
            if (part.startsWith("site=")) {
                site = part.substring("site=".length());
            } else if (part.startsWith("kind=")) {
                kinds.add(kind(part.substring("kind=".length())));
            } else {
                name = part.startsWith("name=") ? part.substring("name=".length()) : bare(part);
            }
        }
        return new Allowance(Glob.ofGiven(name), Glob.ofGiven(site), Set.copyOf(kinds));
    }

    /// @throws ExtensionConfigurationException if it looks like one of the keys, mistyped
    private static String bare(String name) {
        int equals = name.indexOf('=');
        for (String key : equals < 0 ? List.<String>of() : KEYS) {
            if (Parameters.distance(name.substring(0, equals), key) <= MAX_TYPOS) {
                throw new ExtensionConfigurationException(Parameters.PREFIX + "allow: did you mean " + key
                        + "=? A name with an equals sign is written name=…: " + name);
            }
        }
        return name;
    }

    private static Kind kind(String text) {
        try {
            return Kind.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new ExtensionConfigurationException(
                    Parameters.PREFIX + "allow: kind must be one of " + List.of(Kind.values()) + ": " + text, e);
        }
    }

    boolean isEverything() {
        return name == null && site == null && kinds.isEmpty();
    }

    boolean allows(Kind kind, List<String> names, List<String> sites) {
        return isOf(kind)
                && (name == null || (!names.isEmpty() && names.stream().allMatch(name::matches)))
                && (site == null || sites.stream().anyMatch(site::matches));
    }

    private boolean isOf(Kind kind) {
        return kinds.isEmpty() || kinds.contains(kind);
    }
}
