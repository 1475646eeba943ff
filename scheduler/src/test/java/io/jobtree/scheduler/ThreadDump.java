package io.jobtree.scheduler;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON thread dump of this process: its containers, and the threads in each.
record ThreadDump(Map<String, Container> byId, Map<Long, InContainer> byThread) {
    /// What a container's name ends with in a dump.
    private static final String IMPLEMENTATION = "/jdk.internal.";

    /// A container, by the name that it was given.
    record Container(String name, @Nullable String parentId, List<String> threads) {}

    /// A thread of a container.
    record InContainer(String threadName, Container container) {}

    /// Writes one into a directory and reads it.
    static ThreadDump take(Path directory) throws IOException {
        var file = directory.resolve("dump-" + System.nanoTime() + ".json");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
        var dump = new ThreadDump(new HashMap<>(), new HashMap<>());
        JsonParser.parseString(Files.readString(file))
                .getAsJsonObject()
                .getAsJsonObject("threadDump")
                .getAsJsonArray("threadContainers")
                .forEach(element -> dump.add(element.getAsJsonObject()));
        return dump;
    }

    private void add(JsonObject json) {
        var id = json.get("container").getAsString();
        var end = id.indexOf(IMPLEMENTATION);
        var container = new Container(end < 0 ? id : id.substring(0, end), text(json.get("parent")), new ArrayList<>());
        byId.put(id, container);
        for (var thread : json.getAsJsonArray("threads")) {
            var name = thread.getAsJsonObject().get("name").getAsString();
            container.threads.add(name);
            byThread.put(thread.getAsJsonObject().get("tid").getAsLong(), new InContainer(name, container));
        }
    }

    private static @Nullable String text(JsonElement element) {
        return element.isJsonNull() ? null : element.getAsString();
    }

    @Nullable
    InContainer thread(Thread thread) {
        return byThread.get(thread.threadId());
    }

    /// The names of a container and of those around it, innermost first, without the root.
    List<String> nesting(Container inner) {
        var names = new ArrayList<String>();
        for (@Nullable Container at = inner; at != null && at.parentId != null; at = byId.get(at.parentId)) {
            names.add(at.name);
        }
        return names;
    }

    /// The containers that have this name or one below it.
    List<Container> below(String name) {
        return byId.values().stream()
                .filter(one -> one.name.equals(name) || one.name.startsWith(name + "/"))
                .toList();
    }
}
