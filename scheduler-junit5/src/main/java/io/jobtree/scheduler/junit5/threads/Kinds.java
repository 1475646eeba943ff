package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.find.ForeignObjects;
import io.jobtree.scheduler.junit5.find.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Tells from a thread what it belongs to, and brings those of one executor together.
final class Kinds {
    private static final Pattern HTTP_CLIENT = Pattern.compile("(HttpClient-\\d+)-.*");
    private static final Pattern LAST_DIGITS = Pattern.compile("\\d+$");
    private static final Set<String> POOLS = Set.of(
            "java.util.concurrent.ThreadPoolExecutor",
            "java.util.concurrent.ScheduledThreadPoolExecutor",
            "java.util.concurrent.ForkJoinPool");

    /// What threads have in common.
    record Group(
            Kind kind,
            String type,
            String container,
            @Nullable Object executor,
            String key) {
        static final Group ALONE = new Group(Kind.THREAD, "", "", null, "");

        /// By its key, and not by the executor, whose class may compare otherwise, or throw.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Group group
                    && group.kind == kind
                    && group.key.equals(key)
                    && group.type.equals(type);
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }
    }

    private Kinds() {}

    /// @param container of the thread in a dump; empty if that is not known
    static Group of(Member member, String container) {
        Matcher http = HTTP_CLIENT.matcher(member.name());
        if (http.matches() && isOfHttpClient(member)) {
            return new Group(Kind.HTTP_CLIENT, "HttpClient", "", null, http.group(1));
        }
        if (member.isVirtual() && container.isEmpty()) {
            return Group.ALONE;
        }
        String type = member.className();
        if (type.equals("java.util.TimerThread")) {
            return alone(Kind.TIMER, "Timer", member);
        }
        if (type.startsWith("jdk.internal.net.http.") || http.matches()) {
            return new Group(Kind.HTTP_CLIENT, "HttpClient", "", null, http.matches() ? http.group(1) : member.name());
        }
        if (member.thread() != null
                && (KnownThreads.isCleaner(member.thread()) || KnownThreads.isCleaner(member.site()))) {
            return alone(Kind.CLEANER, "Cleaner", member);
        }
        if (member.thread() instanceof ForkJoinWorkerThread worker && worker.getPool() != null) {
            Object pool = worker.getPool();
            String name = Objects.toIdentityString(pool);
            return new Group(Kind.EXECUTOR, "ForkJoinPool", name, pool, name);
        }
        if (!container.isEmpty()) {
            return new Group(Kind.EXECUTOR, simpleName(container), container, null, container);
        }
        return pooled(member);
    }

    /// Since JDK 26 a client's selector is a virtual thread, which inherits nothing: where it stands tells what it is.
    private static boolean isOfHttpClient(Member member) {
        List<StackTraceElement> started =
                member.site() == null ? List.of() : member.site().frames();
        List<StackTraceElement> stands =
                member.dumped() == null ? List.of() : member.dumped().stack();
        return Stream.concat(started.stream(), stands.stream())
                .anyMatch(frame -> frame.getClassName().startsWith("jdk.internal.net.http."));
    }

    private static Group alone(Kind kind, String type, Member member) {
        return new Group(kind, type, "", null, String.valueOf(member.id()));
    }

    /// Without a dump, workers are alike that were started by the same code under the same name.
    private static Group pooled(Member member) {
        if (member.isVirtual() || member.thread() == null) {
            return Group.ALONE;
        }
        List<StackTraceElement> stack =
                member.site() == null ? List.of() : member.site().frames();
        for (StackTraceElement frame : stack) {
            if (POOLS.contains(frame.getClassName()) && frame.getMethodName().equals("addWorker")) {
                return new Group(
                        Kind.EXECUTOR, typeOfPool(member.thread(), frame), "", null, "pool " + stem(member.name()));
            }
        }
        return Group.ALONE;
    }

    private static String typeOfPool(Thread thread, StackTraceElement starter) {
        for (StackTraceElement frame : ForeignObjects.stack(thread)) {
            if (frame.getClassName().startsWith("java.util.concurrent.ScheduledThreadPoolExecutor$")) {
                return "ScheduledThreadPoolExecutor";
            }
        }
        return simpleName(starter.getClassName());
    }

    private static String stem(String name) {
        return LAST_DIGITS.matcher(name).replaceFirst("");
    }

    /// `ThreadPoolExecutor` of `java.util.concurrent.ThreadPoolExecutor@1eb5174b`
    static String simpleName(String container) {
        int hash = container.indexOf('@');
        String type = hash < 0 ? container : container.substring(0, hash);
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /// Brings together what belongs together, the oldest first. Very many threads of their own are one.
    static List<Found> grouped(Map<Member, Group> threads) {
        boolean areMany = threads.size() > Found.MAX_THREADS;
        Map<Group, List<Member>> byGroup = new LinkedHashMap<>();
        List<Found> found = new ArrayList<>();
        threads.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getKey().id()))
                .forEach(entry -> {
                    if (entry.getValue().equals(Group.ALONE) && !areMany) {
                        found.add(Found.thread(entry.getKey()));
                    } else {
                        byGroup.computeIfAbsent(entry.getValue(), key -> new ArrayList<>())
                                .add(entry.getKey());
                    }
                });
        byGroup.forEach((group, members) -> found.add(found(group, members)));
        return found;
    }

    private static Found found(Group group, List<Member> members) {
        Member first = members.stream()
                .filter(member -> member.origin() != null)
                .findFirst()
                .orElse(members.getFirst());
        Site site = first.site();
        return new Found(
                group.kind(),
                group.type(),
                group.container(),
                group.executor(),
                members,
                first.origin(),
                site,
                group.kind() == Kind.TIMER || group.kind() == Kind.HTTP_CLIENT || group.kind() == Kind.CLEANER,
                "",
                List.of());
    }
}
