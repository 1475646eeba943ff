package io.jobtree.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.openjdk.jmh.util.ListStatistics;

/// One benchmark with one set of parameters, as JMH's JSON has it.
///
/// @param question the simple name of the benchmark's class
/// @param library the name of its method
/// @param params its parameters, in their order
/// @param score what was measured: nanoseconds, where it was a time
/// @param percentiles of the score's samples, in the same unit
/// @param secondary what profilers and counters measured, in their own units
/// @param isSampled whether every call was timed, so that the percentiles are those of calls
record Result(
        String question,
        String library,
        Map<String, String> params,
        Measure score,
        Map<String, Double> percentiles,
        Map<String, Measure> secondary,
        boolean isSampled) {
    private static final String COUNTER = "#"; // its unit
    private static final double CONFIDENCE = 0.999; // as JMH's
    private static final Map<String, Double> NANOS = Map.of("ns/op", 1.0, "us/op", 1e3, "ms/op", 1e6, "s/op", 1e9);

    static Result of(JsonElement element) {
        JsonObject json = element.getAsJsonObject();
        List<String> name = List.of(json.get("benchmark").getAsString().split("\\.", -1));
        JsonObject primary = json.getAsJsonObject("primaryMetric");
        double nanos = NANOS.getOrDefault(primary.get("scoreUnit").getAsString(), 1.0);
        var percentiles = new LinkedHashMap<String, Double>();
        each(primary, "scorePercentiles", (key, value) -> percentiles.put(key, value.getAsDouble() * nanos));
        var params = new LinkedHashMap<String, String>();
        each(json, "params", (key, value) -> params.put(key, value.getAsString()));
        var secondary = new LinkedHashMap<String, Measure>();
        each(json, "secondaryMetrics", (key, value) -> secondary.put(key, measure(value.getAsJsonObject())));
        return new Result(
                name.get(name.size() - 2),
                name.getLast(),
                params,
                measure(primary).times(nanos),
                percentiles,
                secondary,
                json.get("mode").getAsString().equals("sample"));
    }

    private static Measure measure(JsonObject metric) {
        if (metric.get("scoreUnit").getAsString().equals(COUNTER)) {
            return mean(metric.getAsJsonArray("rawData"));
        }
        return new Measure(
                metric.get("score").getAsDouble(), metric.get("scoreError").getAsDouble());
    }

    /// JMH adds a counter's values up over all iterations.
    private static Measure mean(JsonArray forks) {
        var values = new ListStatistics();
        for (JsonElement fork : forks) {
            fork.getAsJsonArray().forEach(value -> values.addValue(value.getAsDouble()));
        }
        return new Measure(values.getMean(), values.getMeanErrorAt(CONFIDENCE));
    }

    private static void each(JsonObject json, String member, BiConsumer<String, JsonElement> action) {
        JsonObject map = json.getAsJsonObject(member);
        if (map != null) {
            map.entrySet().forEach(entry -> action.accept(entry.getKey(), entry.getValue()));
        }
    }

    /// How many jobs one call is about: its parameter `jobs`, or 1.
    int jobs() {
        return Integer.parseInt(params.getOrDefault("jobs", "1"));
    }

    /// What it took for each job, in nanoseconds.
    Measure perJob() {
        return score.times(1.0 / jobs());
    }

    /// The heap that a job holds where that was counted, else the time that it takes.
    Measure headline() {
        return Optional.ofNullable(secondary.get(Side.HEAP)).orElseGet(this::perJob);
    }

    /// What the headline counts.
    String unit() {
        return secondary.containsKey(Side.HEAP) ? "B" : "ns";
    }

    /// The bytes that each job allocates, if a profiler has counted them.
    Optional<Measure> allocation() {
        return Optional.ofNullable(secondary.get(Side.ALLOCATION)).map(bytes -> bytes.times(1.0 / jobs()));
    }

    /// A percentile of the calls' times in nanoseconds; empty if the calls were not timed one by one.
    String percentile(String name) {
        Double time = isSampled ? percentiles.get(name) : null;
        return time == null ? "" : Numbers.text(time);
    }

    /// The parameters in a few words.
    String setting() {
        return params.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
