package io.jobtree.scheduler.junit5.settings;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A glob on a whole text: `*` stands for any characters, `?` for one.
public record Glob(String glob, Pattern pattern) {
    static Glob of(String glob) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
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
