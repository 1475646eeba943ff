package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Origin.Level;
import io.jobtree.scheduler.junit5.threads.AgentRecords.Started;
import io.jobtree.scheduler.junit5.threads.Kinds.Group;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// With the agent: it knows every thread and executor, and takes no dump.
public final class AgentSearch implements ThreadSearch {
    /// The agent's class on the boot path.
    static final String HOOK = "io.jobtree.scheduler.junit5.hook.Creations";

    private static final Logger LOG = System.getLogger("io.jobtree.scheduler.junit5");

    /// One for all sessions of the process, since the hook has one listener.
    private static final AgentRecords RECORDS = new AgentRecords();

    private final Set<Long> reportedThreads = ConcurrentHashMap.newKeySet();

    private AgentSearch() {}

    /// Empty if the agent is not there.
    ///
    /// @param attaches whether to load the agent if it is not there
    public static Optional<ThreadSearch> create(Origin session, boolean attaches) {
        if (!session.settings().watchesThreads() && !attaches) {
            return isThere() ? Optional.of(listening()) : Optional.empty();
        }
        if (!isThere() && attaches) {
            Attachment.attach();
        }
        return isThere() ? Optional.of(listening()) : Optional.empty();
    }

    private static boolean isThere() {
        return hook() != null;
    }

    private static @Nullable Class<?> hook() {
        try {
            return Class.forName(HOOK, true, null);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    private static AgentSearch listening() {
        try {
            Class<?> hook = Objects.requireNonNull(hook(), "hook");
            BiConsumer<Object, @Nullable Object> created = RECORDS::created;
            Consumer<Object> closed = RECORDS::closed;
            created.accept(Thread.currentThread(), null); // loads all that it needs, before the middle of the JDK does
            hook.getField("created").set(null, created);
            hook.getField("closed").set(null, closed);
        } catch (ReflectiveOperationException e) {
            LOG.log(Logger.Level.WARNING, "The agent is of another version", e);
        }
        return new AgentSearch();
    }

    @Override
    public void began(Origin origin, boolean isAlone) {}

    @Override
    public void ended(Origin origin) {}

    @Override
    public List<Found> left(Origin origin) {
        if (origin.level() == Level.SESSION && origin.parent() != null) {
            return List.of();
        }
        List<Found> found = new ArrayList<>();
        Map<Member, Group> threads = new LinkedHashMap<>();
        for (Started started : RECORDS.within(origin)) {
            Object object = started.object.get();
            if (object instanceof Thread thread) {
                Member member = member(started, thread);
                if (isWanted(member, origin) && !KnownThreads.isKnown(member) && !started.isEngines()) {
                    threads.put(member, Kinds.of(member, ""));
                }
            } else if (object != null && !started.reported) {
                executor(started, object, origin).ifPresent(found::add);
            }
        }
        found.addAll(Kinds.grouped(threads));
        return found;
    }

    private boolean isWanted(Member member, Origin origin) {
        return !reportedThreads.contains(member.id())
                && (member.isVirtual()
                        ? origin.settings().watchesVirtualThreads()
                        : origin.settings().watchesPlatformThreads());
    }

    private static Member member(Started started, Thread thread) {
        return new Member(thread.threadId(), thread, null, started.origin, started.site);
    }

    private Optional<Found> executor(Started started, Object object, Origin origin) {
        String type = object.getClass().getName();
        boolean isScope = !(object instanceof ExecutorService);
        boolean isVirtual = isScope || type.endsWith("ThreadPerTaskExecutor");
        boolean isWanted = isVirtual
                ? origin.settings().watchesVirtualThreads()
                : origin.settings().watchesPlatformThreads();
        if (!isWanted
                || started.isJdks()
                || started.isEngines()
                || KnownThreads.isStartedForGood(started.site, started.origin)) {
            return Optional.empty();
        }
        List<Member> members = new ArrayList<>();
        for (Started each : started.threads.all()) {
            if (each.isAlive() && each.object.get() instanceof Thread thread) {
                members.add(member(each, thread));
            }
        }
        if (members.stream().anyMatch(member -> KnownThreads.isKnownThread(member, started.site))) {
            return Optional.empty();
        }
        return Optional.of(new Found(
                isScope ? Kind.TASK_SCOPE : Kind.EXECUTOR,
                isScope ? "StructuredTaskScope" : Kinds.simpleName(type),
                Objects.toIdentityString(object),
                object,
                members,
                started.origin,
                started.site,
                true,
                "",
                List.of()));
    }

    @Override
    public void markReported(List<Found> found) {
        for (Found each : found) {
            if (each.executor() != null) {
                RECORDS.reported(each.executor());
            }
            each.members().forEach(member -> reportedThreads.add(member.id()));
        }
    }

    @Override
    public void forget(Origin origin) {
        RECORDS.forget(origin);
    }
}
