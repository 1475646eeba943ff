package io.jobtree.benchmarks;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The results of one run, from one or more of JMH's JSON files.
///
/// @param results in the order of the files
/// @param settings how they were measured, a line for each way
record Run(List<Result> results, Set<String> settings) {
    static Run read(List<Path> files) throws IOException {
        var results = new ArrayList<Result>();
        var settings = new LinkedHashSet<String>();
        for (Path file : files) {
            for (JsonElement element :
                    JsonParser.parseString(Files.readString(file)).getAsJsonArray()) {
                results.add(Result.of(element));
                settings.add(settings(element.getAsJsonObject()));
            }
        }
        return new Run(List.copyOf(results), settings);
    }

    private static String settings(JsonObject json) {
        return "%s, %s forks, %s + %s iterations of %s"
                .formatted(
                        json.get("jdkVersion").getAsString(),
                        json.get("forks").getAsString(),
                        json.get("warmupIterations").getAsString(),
                        json.get("measurementIterations").getAsString(),
                        json.get("measurementTime").getAsString());
    }

    Optional<Result> find(String question, String library, Map<String, String> params) {
        return results.stream()
                .filter(result -> result.question().equals(question)
                        && result.library().equals(library)
                        && result.params().entrySet().containsAll(params.entrySet()))
                .findFirst();
    }

    /// The benchmark classes, in the order of the files.
    List<String> questions() {
        return results.stream().map(Result::question).distinct().toList();
    }

    List<Result> of(String question) {
        return results.stream()
                .filter(result -> result.question().equals(question))
                .toList();
    }
}
