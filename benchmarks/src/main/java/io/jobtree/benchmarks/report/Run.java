package io.jobtree.benchmarks.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.jobtree.benchmarks.report.Sample.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The results of one run, from JMH's JSON files: a file for each round of each command.
///
/// @param results in the order of the first files
/// @param settings how they were measured, each with the number of its rounds
record Run(List<Result> results, Map<String, Integer> settings) {
    static Run read(List<Path> files) throws IOException {
        var rounds = new LinkedHashMap<Subject, List<Sample>>();
        for (Path file : files) {
            for (JsonElement element :
                    JsonParser.parseString(Files.readString(file)).getAsJsonArray()) {
                var sample = Sample.of(element);
                rounds.computeIfAbsent(sample.subject(), _ -> new ArrayList<>()).add(sample);
            }
        }
        var results = new ArrayList<Result>();
        var settings = new LinkedHashMap<String, Integer>();
        rounds.forEach((subject, samples) -> {
            results.add(Result.of(subject, samples));
            // The fewest, should the subjects differ.
            settings.merge(samples.getFirst().settings(), samples.size(), Math::min);
        });
        return new Run(List.copyOf(results), settings);
    }

    Optional<Result> find(String question, String library, Map<String, String> params) {
        return results.stream()
                .filter(result -> result.question().equals(question)
                        && result.library().equals(library)
                        && result.params().entrySet().containsAll(params.entrySet()))
                .findFirst();
    }

    /// The fewest rounds that any command had.
    int rounds() {
        return settings.values().stream().mapToInt(Integer::intValue).min().orElse(0);
    }

    /// What ± is in this run, as a sentence.
    String interval() {
        int rounds = rounds();
        return rounds < 2
                ? "One round has no error that is known."
                : String.format(
                        Locale.ROOT,
                        "± reaches from the median of %d rounds to the farther end of its %.4g %% confidence interval.",
                        rounds,
                        100 * Measure.confidence(rounds));
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
