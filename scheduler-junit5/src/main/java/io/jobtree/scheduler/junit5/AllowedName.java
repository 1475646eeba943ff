package io.jobtree.scheduler.junit5;

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

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }
}
