package io.jobtree.scheduler.junit5.settings;

import io.jobtree.scheduler.junit5.NoLeakedJobs.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/// Reads configuration parameters, each by its name after `jobtree.leaks.`.
public final class Parameters {
    static final String PREFIX = "jobtree.leaks.";

    private static final List<String> NAMES = List.of(
            "after",
            "agent",
            "allow",
            "baseline",
            "failures",
            "grace",
            "maxReported",
            "mode",
            "scope",
            "sites",
            "threads");
    /// How much of the prefix another key has to begin with, and how many letters may differ, to be taken for one of
    /// ours.
    private static final int STEM = "jobtree".length();

    private static final int MAX_TYPOS = 3;

    private static final Logger LOG = System.getLogger("io.jobtree.scheduler.junit5");
    private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

    private final Function<String, Optional<String>> source;

    /// @param source gives the value of a parameter of that whole name
    public Parameters(Function<String, Optional<String>> source) {
        this.source = source;
    }

    Optional<String> text(String name) {
        return source.apply(PREFIX + name).map(String::trim).filter(text -> !text.isEmpty());
    }

    <E extends Enum<E>> E oneOf(String name, E otherwise) {
        return text(name)
                .map(text -> parse(otherwise.getDeclaringClass(), name, text))
                .orElse(otherwise);
    }

    int number(String name, int otherwise, int least) {
        return text(name).map(text -> number(name, text, least)).orElse(otherwise);
    }

    private static int number(String name, String text, int least) {
        int number;
        try {
            number = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            String what = name.equals("grace") ? "a number of milliseconds" : "a number";
            throw new ExtensionConfigurationException(PREFIX + name + " must be " + what + ": " + text, e);
        }
        if (number < least) {
            throw new ExtensionConfigurationException(
                    PREFIX + name + " must " + (least == 0 ? "not be negative: " : "be positive: ") + text);
        }
        return number;
    }

    private static <E extends Enum<E>> E parse(Class<E> type, String name, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        Stream<String> names = Arrays.stream(type.getEnumConstants()).map(Enum::name);
        if (type == Mode.class) {
            names = Stream.concat(names, Arrays.stream(Baseline.values()).map(Enum::name));
        }
        throw new ExtensionConfigurationException(PREFIX + name + " must be one of "
                + names.map(each -> each.toLowerCase(Locale.ROOT)).toList() + ": " + text);
    }

    /// What `mode` says about the baseline besides.
    public enum Baseline {
        RECORD,
        RATCHET
    }

    Optional<Baseline> baseline() {
        return text("mode")
                .flatMap(text -> Arrays.stream(Baseline.values())
                        .filter(each -> each.name().equalsIgnoreCase(text))
                        .findFirst());
    }

    /// Warns of parameters in system properties and in `junit-platform.properties` that nothing reads.
    public static void warnOfUnknown() {
        Set<String> keys = new TreeSet<>(System.getProperties().stringPropertyNames());
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        if (loader != null) {
            try (InputStream file = loader.getResourceAsStream("junit-platform.properties")) {
                var properties = new Properties();
                if (file != null) {
                    properties.load(file);
                }
                keys.addAll(properties.stringPropertyNames());
            } catch (IOException | IllegalArgumentException e) {
                LOG.log(Level.DEBUG, "Could not read junit-platform.properties", e);
            }
        }
        warnOfUnknown(keys);
    }

    /// Warns of those parameters that nothing reads, once of each.
    ///
    /// @param keys whole names, among them those of others
    public static void warnOfUnknown(Collection<String> keys) {
        for (String key : keys) {
            if (isMistyped(key) && REPORTED.add(key)) {
                LOG.log(Level.WARNING, unknown(key));
            }
        }
    }

    /// The prefix may be mistyped too: `jobtree.leak.threads`.
    private static boolean isMistyped(String key) {
        return key.startsWith(PREFIX)
                ? !NAMES.contains(key.substring(PREFIX.length()))
                : key.regionMatches(true, 0, PREFIX, 0, STEM) && distance(key, nearest(key)) <= MAX_TYPOS;
    }

    static String unknown(String key) {
        return "Configuration parameter " + key + " is read by nobody; did you mean " + nearest(key) + "?";
    }

    private static String nearest(String key) {
        return NAMES.stream()
                .map(PREFIX::concat)
                .min(Comparator.comparingInt(name -> distance(key, name)))
                .orElseThrow();
    }

    /// How many letters differ.
    static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        Arrays.setAll(above, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean isSame = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                row[j] = Math.min(Math.min(above[j], row[j - 1]) + 1, above[j - 1] + (isSame ? 0 : 1));
            }
            above = row;
        }
        return above[b.length()];
    }
}
