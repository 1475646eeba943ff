package io.jobtree.top;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.JobTree.Kind;
import io.jobtree.scheduler.JobTree.Ref;
import io.jobtree.scheduler.JobTree.Wait;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/// Reads what [JobTree#toJson] writes.
final class TreeReader {
    private TreeReader() {}

    static JobTree read(String json) {
        return tree(parse(json));
    }

    /// @param note what the root has for a note, whatever the JSON says
    static JobTree read(String json, String note) {
        var root = parse(json);
        root.addProperty("note", note);
        return tree(root);
    }

    private static JsonObject parse(String json) {
        var reader = new JsonReader(new StringReader(json));
        reader.setNestingLimit(Integer.MAX_VALUE);
        return JsonParser.parseReader(reader).getAsJsonObject();
    }

    /// From the leaves up, for trees may be deeper than the stack.
    private static JobTree tree(JsonObject root) {
        var all = new ArrayList<JsonObject>();
        all.add(root);
        for (int i = 0; i < all.size(); i++) {
            all.get(i).getAsJsonArray("children").forEach(child -> all.add(child.getAsJsonObject()));
        }
        var trees = new IdentityHashMap<JsonElement, JobTree>();
        for (var object : all.reversed()) {
            trees.put(
                    object,
                    tree(
                            object,
                            object.getAsJsonArray("children").asList().stream()
                                    .map(child -> Objects.requireNonNull(trees.get(child)))
                                    .toList()));
        }
        return Objects.requireNonNull(trees.get(root));
    }

    private static JobTree tree(JsonObject object, List<JobTree> children) {
        return new JobTree(
                object.get("name").getAsString(),
                object.get("path").getAsString(),
                get(object, "id", JsonElement::getAsLong).orElse(0L),
                get(object, "state", JsonElement::getAsString).map(JobState::valueOf),
                get(object, "ageSeconds", TreeReader::duration).orElse(Duration.ZERO),
                get(object, "secondsLeft", TreeReader::duration),
                get(object, "waitsFor", element -> waiting(element.getAsJsonObject())),
                get(object, "note", JsonElement::getAsString).orElse(""),
                children);
    }

    private static Wait waiting(JsonObject object) {
        return new Wait(
                Kind.valueOf(object.get("kind").getAsString()),
                object.get("name").getAsString(),
                object.get("timed").getAsBoolean(),
                objects(
                        object.getAsJsonArray("jobs"),
                        job -> new Ref(
                                job.get("id").getAsLong(), job.get("name").getAsString())));
    }

    private static <T> List<T> objects(JsonArray array, Function<JsonObject, T> read) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(element -> read.apply(element.getAsJsonObject()))
                .toList();
    }

    private static <T> Optional<T> get(JsonObject object, String name, Function<JsonElement, T> read) {
        return Optional.ofNullable(object.get(name)).map(read);
    }

    private static Duration duration(JsonElement seconds) {
        return Duration.ofNanos(Math.round(seconds.getAsDouble() * 1e9));
    }
}
