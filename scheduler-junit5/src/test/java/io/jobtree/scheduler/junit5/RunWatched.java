package io.jobtree.scheduler.junit5;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Runs suites by auto-detection, and prints how each test ended. Arguments are classes and `name=value` parameters.
final class RunWatched {
    private RunWatched() {}

    public static void main(String... args) throws ClassNotFoundException {
        List<Class<?>> suites = new ArrayList<>();
        for (String arg : args) {
            if (!arg.contains("=")) {
                suites.add(Class.forName(arg));
            }
        }
        var kit = Kit.autoDetected(suites.toArray(Class<?>[]::new))
                .configurationParameter("jobtree.leaks.grace", System.getProperty("grace", "20"));
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals > 0) {
                kit.configurationParameter(arg.substring(0, equals), arg.substring(equals + 1));
            }
        }
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Outcomes.of(kit)
                .byName()
                .forEach((name, result) -> out.println(name + "(): "
                        + result.getThrowable().map(Throwable::getMessage).orElse("ok")));
        System.exit(0); // whatever threads were left
    }
}
