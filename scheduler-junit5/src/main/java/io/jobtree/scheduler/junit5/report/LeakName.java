package io.jobtree.scheduler.junit5.report;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.leak.JobLeak;
import io.jobtree.scheduler.junit5.leak.SchedulerLeak;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a leak is called where it must be the same in the next run: no numbers, no hashes.
///
/// @param kind of it
/// @param type of an executor or scope; empty for others
/// @param names globs on its names; empty if it has none that tells anything
/// @param where the class and method where it was opened; empty if that is not known
public record LeakName(Kind kind, String type, List<String> names, String where) {
    /// Identity hashes and UUIDs. Of six and more hexadecimal digits that stand alone, those with a letter behind a
    /// digit, or three digits behind a letter: `decade2` is a word.
    private static final Pattern HASH = Pattern.compile("@[0-9a-fA-F]{4,}"
            + "|(?<![0-9a-zA-Z])(?:"
            + "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
            + "|(?=[0-9a-f]*?(?:[0-9][a-f]|[a-f][0-9]{3}))[0-9a-f]{6,}"
            + ")(?![0-9a-zA-Z])");
    private static final Pattern ANONYMOUS = Pattern.compile("\\$\\d+");
    private static final Pattern DIGITS = Pattern.compile("\\d+");
    private static final Pattern CONTROLS =
            Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9f}\\x{2028}-\\x{202e}\\x{2066}-\\x{2069}]");

    /// What the file of parameters, or an entry of it, reads as something else: a backslash, what is not ASCII, blanks
    /// at the ends and before a key.
    private static final Pattern NOT_IN_ENTRIES =
            Pattern.compile("[^\\x20-\\x7e]+|[,\\\\]|^ | $| (?=(?:name|site|kind)=)");

    private static final Pattern STARS = Pattern.compile("\\*{2,}");

    /// Names that the JDK gives where nobody gave one.
    private static final Set<String> DEFAULT_NAMES = Set.of(
            "pool-*-thread-*",
            "Thread-*",
            "ForkJoinPool-*-worker-*",
            "Timer-*",
            "Cleaner-*",
            "HttpClient-*-SelectorManager",
            "HttpClient-*-Worker-*");

    public static LeakName of(JobLeak leak) {
        String name = leak.name().equals("job-" + leak.id()) ? "job-*" : glob(leak.name());
        return new LeakName(Kind.JOB, "", telling(Set.of(name)), method(leak.spawnedAt()));
    }

    public static LeakName of(SchedulerLeak leak) {
        return new LeakName(Kind.SCHEDULER, "", telling(Set.of(glob(leak.name()))), method(leak.openedAt()));
    }

    public static LeakName of(ThreadLeak leak) {
        Set<String> globs = leak.names().stream().map(LeakName::glob).collect(Collectors.toCollection(TreeSet::new));
        return new LeakName(leak.kind(), leak.type(), telling(globs), method(leak.madeAt()));
    }

    private static List<String> telling(Set<String> globs) {
        boolean areTelling = globs.stream()
                .allMatch(glob -> !DEFAULT_NAMES.contains(glob) && glob.chars().anyMatch(Character::isLetter));
        return areTelling ? List.copyOf(globs) : List.of();
    }

    private static String method(Frames frames) {
        StackTraceElement first = frames.first();
        return first == null ? "" : ANONYMOUS.matcher(Frames.method(first)).replaceAll("\\$*");
    }

    /// `mail-*` of `mail-17`
    static String glob(String name) {
        String withoutControls = CONTROLS.matcher(withoutHashes(name, "*")).replaceAll("?");
        return STARS.matcher(DIGITS.matcher(withoutControls).replaceAll("*")).replaceAll("*");
    }

    /// Without what differs in each run: identity hashes and UUIDs.
    static String withoutHashes(String name, String by) {
        return HASH.matcher(name).replaceAll(by);
    }

    /// `ThreadPoolExecutor 'mail-*'`, `job 'notify'`
    public String what() {
        String noun = type.isEmpty() ? kind.name().toLowerCase(Locale.ROOT) : glob(type);
        return names.isEmpty() ? noun : noun + " '" + String.join("', '", names) + "'";
    }

    /// The annotation that allows it.
    public String allowance() {
        return allowance(
                LeakName::quoted,
                "name = \"%s\"",
                "site = \"%s\"",
                "kinds = Kind.%s",
                ", ",
                "@AllowLeakedJobs(%s, reason = \"…\")");
    }

    /// The same as an entry of `jobtree.leaks.allow`.
    public String parameter() {
        return allowance(LeakName::asEntry, "%s", "site=%s", "kind=%s", " ", "%s");
    }

    /// As a Java string literal has it.
    private static String quoted(String name) {
        return name.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /// Commas part the entries, and an equals sign ends a key.
    private static String asEntry(String name) {
        String plain =
                NOT_IN_ENTRIES.matcher(name).replaceAll(part -> part.group().charAt(0) > '~' ? "*" : "?");
        return (plain.contains("=") ? "name=" : "") + STARS.matcher(plain).replaceAll("*");
    }

    private String allowance(
            UnaryOperator<String> escape, String name, String site, String kinds, String separator, String whole) {
        if (names.size() == 1) {
            return whole.formatted(name.formatted(escape.apply(names.getFirst())));
        }
        String ofKind = kinds.formatted(kind.name());
        return whole.formatted(where.isEmpty() ? ofKind : site.formatted(where) + separator + ofKind);
    }
}
