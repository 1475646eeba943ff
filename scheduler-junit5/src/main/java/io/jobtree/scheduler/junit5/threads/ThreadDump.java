package io.jobtree.scheduler.junit5.threads;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// All threads of the process in their containers, virtual ones included, as the JDK's JSON thread dump has them.
/// What the dump does not say, or says in a shape that is not known, is left empty.
record ThreadDump(List<Container> containers) {
    private static final Logger LOG = System.getLogger("io.jobtree.scheduler.junit5");
    static final String NO_DUMP =
            "The JDK cannot dump threads while one has a control character in its name; meanwhile the"
                    + " leak check sees no executor or task scope without threads, and no stacks of virtual threads."
                    + " Name that thread without";
    private static final AtomicBoolean SAID = new AtomicBoolean();

    /// @param owner the id of the thread that opened it; 0 if it has none
    record Container(String name, long owner, List<DumpedThread> threads) {
        boolean isTaskScope() {
            return name.contains("ThreadFlock") || name.contains("StructuredTaskScope");
        }

        boolean isPerTaskExecutor() {
            return name.contains("ThreadPerTaskExecutor");
        }

        boolean isPool() {
            return !isRoot() && !isTaskScope() && !isPerTaskExecutor();
        }

        boolean isRoot() {
            return name.equals("<root>");
        }

        /// `StructuredTaskScope 'fetch'`, `ThreadPerTaskExecutor`
        String type() {
            if (isTaskScope()) {
                int slash = name.lastIndexOf('/');
                return slash > 0 ? "StructuredTaskScope '" + name.substring(0, slash) + "'" : "StructuredTaskScope";
            }
            int hash = name.indexOf('@');
            return name.substring(name.lastIndexOf('.') + 1, hash < 0 ? name.length() : hash);
        }
    }

    /// The thread of that id, if it is not over.
    @Nullable
    DumpedThread thread(long id) {
        for (Container container : containers) {
            for (DumpedThread thread : container.threads()) {
                if (thread.id() == id) {
                    return thread;
                }
            }
        }
        return null;
    }

    record DumpedThread(
            long id,
            String name,
            boolean virtual,
            String state,
            @Nullable String blocker,
            List<StackTraceElement> stack) {}

    /// A dump; null while some thread has a control character in its name, at which the JDK's formatting throws.
    static @Nullable ThreadDump take() {
        try {
            // The JDK writes to new files only.
            Path folder = Files.createTempDirectory("jobtree-leaks");
            Path file = folder.resolve("threads.json");
            try {
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                        .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
                return parse(Files.readString(file, StandardCharsets.UTF_8));
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IllegalFormatException e) {
            if (!SAID.getAndSet(true)) {
                LOG.log(Level.WARNING, NO_DUMP);
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("no thread dump", e);
        }
    }

    static ThreadDump parse(String json) {
        List<Container> containers = new ArrayList<>();
        for (Object item : list(map(map(Json.read(json)).get("threadDump")).get("threadContainers"))) {
            Map<?, ?> container = map(item);
            List<DumpedThread> threads = list(container.get("threads")).stream()
                    .map(ThreadDump::thread)
                    .toList();
            containers.add(new Container(text(container.get("container")), number(container.get("owner")), threads));
        }
        return new ThreadDump(containers);
    }

    private static DumpedThread thread(Object item) {
        Map<?, ?> thread = map(item);
        Object parked = thread.get("parkBlocker");
        String blocker = parked instanceof Map<?, ?> object ? text(object.get("object")) : text(parked);
        for (String key : List.of("waitingOn", "blockedOn")) {
            blocker = blocker.isEmpty() ? text(thread.get(key)) : blocker;
        }
        List<StackTraceElement> stack = list(thread.get("stack")).stream()
                .map(frame -> frame(text(frame)))
                .toList();
        return new DumpedThread(
                number(thread.get("tid")),
                text(thread.get("name")),
                text(thread.get("virtual")).equals("true"),
                text(thread.get("state")),
                blocker.isEmpty() ? null : blocker.substring(blocker.lastIndexOf('.') + 1),
                stack);
    }

    /// `java.base/java.util.concurrent.CountDownLatch.await(CountDownLatch.java:230)`
    private static StackTraceElement frame(String text) {
        int open = text.indexOf('(');
        String method = open < 0 ? text : text.substring(0, open);
        method = method.substring(method.lastIndexOf('/') + 1);
        String place = open < 0 ? "" : text.substring(open + 1, Math.max(open + 1, text.lastIndexOf(')')));
        int dot = method.lastIndexOf('.');
        String type = dot < 0 ? "" : method.substring(0, dot);
        String name = method.substring(dot + 1);
        if (place.equals("Native Method")) {
            return new StackTraceElement(type, name, null, -2);
        }
        int colon = place.lastIndexOf(':');
        boolean hasLine = colon > 0 && place.substring(colon + 1).chars().allMatch(Character::isDigit);
        return hasLine
                ? new StackTraceElement(
                        type, name, place.substring(0, colon), Integer.parseInt(place.substring(colon + 1)))
                : new StackTraceElement(type, name, isFile(place) ? place : null, -1);
    }

    private static boolean isFile(String place) {
        return !place.isEmpty() && !place.equals("Unknown Source");
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text && !text.equals("null") ? text : "";
    }

    private static long number(@Nullable Object value) {
        try {
            return Long.parseLong(text(value));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
