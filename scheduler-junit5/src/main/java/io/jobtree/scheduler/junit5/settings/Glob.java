package io.jobtree.scheduler.junit5.settings;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A glob on a whole text: `*` stands for any characters, `?` for one.
public record Glob(String glob, Pattern pattern) {
    static Glob of(String glob) {
        var regex = new StringBuilder();
        glob.codePoints().forEach(c -> {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(c)));
            }
        });
        return new Glob(glob, Pattern.compile(regex.toString(), Pattern.DOTALL));
    }

    /// Null for a blank one, which stands for anything.
    static @Nullable Glob ofGiven(String glob) {
        return glob.isBlank() ? null : of(glob);
    }

    public boolean matches(String name) {
        return pattern.matcher(name).matches();
    }
}
