package io.jobtree.benchmarks.report;

import io.jobtree.benchmarks.report.Sample.Subject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// One benchmark with one set of parameters, over all rounds.
///
/// @param subject what was measured
/// @param metrics by their names in [Side]
record Result(Subject subject, Map<String, Measure> metrics) {
    /// Pools the rounds of one subject.
    static Result of(Subject subject, List<Sample> rounds) {
        var metrics = new LinkedHashMap<String, Measure>();
        for (String metric : rounds.getFirst().figures().keySet()) {
            metrics.put(
                    metric,
                    new Measure(rounds.stream()
                            .map(Sample::figures)
                            .filter(figures -> figures.containsKey(metric))
                            .map(figures -> figures.get(metric))
                            .toList()));
        }
        return new Result(subject, metrics);
    }

    String question() {
        return subject.question();
    }

    String library() {
        return subject.library();
    }

    Map<String, String> params() {
        return subject.params();
    }

    Optional<Measure> metric(String name) {
        return Optional.ofNullable(metrics.get(name));
    }

    /// The heap that a job holds where that was counted, else the time that it takes.
    Measure headline() {
        return metric(Side.HEAP).or(() -> metric(Side.PER_JOB)).orElseThrow();
    }

    /// What the headline counts.
    String unit() {
        return metrics.containsKey(Side.HEAP) ? "B" : "ns";
    }

    /// A metric's value; empty if it was not measured.
    String text(String metric) {
        return metric(metric).map(measure -> Numbers.text(measure.value())).orElse("");
    }

    /// The parameters in a few words.
    String setting() {
        return params().entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
