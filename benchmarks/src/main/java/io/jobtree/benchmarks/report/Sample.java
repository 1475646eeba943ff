package io.jobtree.benchmarks.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// What one round found of one benchmark: an entry of JMH's JSON.
///
/// @param subject what was measured
/// @param settings how, in a few words
/// @param figures the round's figure of each metric by its name in [Side]: the median of its iterations, in nanoseconds
///     where it is a time, for each job where that makes sense
record Sample(Subject subject, String settings, Map<String, Double> figures) {
    private static final Map<String, Double> NANOS = Map.of("ns/op", 1.0, "us/op", 1e3, "ms/op", 1e6, "s/op", 1e9);

    /// What was measured.
    ///
    /// @param question the simple name of the benchmark's class
    /// @param library the name of its method
    /// @param params its parameters, in their order
    record Subject(String question, String library, Map<String, String> params) {
        /// How many jobs one call is about: its parameter `jobs`, or 1.
        int jobs() {
            return Integer.parseInt(params.getOrDefault("jobs", "1"));
        }
    }

    static Sample of(JsonElement element) {
        JsonObject json = element.getAsJsonObject();
        List<String> name = List.of(json.get("benchmark").getAsString().split("\\.", -1));
        var params = new LinkedHashMap<String, String>();
        each(json, "params", (key, value) -> params.put(key, value.getAsString()));
        var subject = new Subject(name.get(name.size() - 2), name.getLast(), params);
        return new Sample(subject, settings(json), figures(json, subject.jobs()));
    }

    private static String settings(JsonObject json) {
        int forks = json.get("forks").getAsInt();
        return "of %d %s, %s + %s iterations of %s, JDK %s"
                .formatted(
                        forks,
                        forks == 1 ? "fork" : "forks",
                        json.get("warmupIterations").getAsString(),
                        json.get("measurementIterations").getAsString(),
                        json.get("measurementTime").getAsString(),
                        json.get("jdkVersion").getAsString());
    }

    private static Map<String, Double> figures(JsonObject json, int jobs) {
        var figures = new LinkedHashMap<String, Double>();
        JsonObject primary = json.getAsJsonObject("primaryMetric");
        double nanos = NANOS.getOrDefault(primary.get("scoreUnit").getAsString(), 1.0);
        figures.put(Side.PER_JOB, figure(primary) * nanos / jobs);
        if (primary.has("rawDataHistogram")) { // every call was timed
            each(primary, "scorePercentiles", (key, value) -> figures.put(key, value.getAsDouble() * nanos));
        }
        each(json, "secondaryMetrics", (key, value) -> figures.put(key, figure(value.getAsJsonObject())));
        figures.computeIfPresent(Side.ALLOCATION, (_, bytes) -> bytes / jobs);
        return figures;
    }

    private static double figure(JsonObject metric) {
        boolean isHistogram = metric.has("rawDataHistogram");
        var iterations = new ArrayList<Double>();
        for (JsonElement fork : metric.getAsJsonArray(isHistogram ? "rawDataHistogram" : "rawData")) {
            for (JsonElement iteration : fork.getAsJsonArray()) {
                iterations.add(isHistogram ? mean(iteration.getAsJsonArray()) : iteration.getAsDouble());
            }
        }
        return Measure.median(
                iterations.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /// Of pairs of a time and how often it came.
    private static double mean(JsonArray histogram) {
        double sum = 0;
        long calls = 0;
        for (JsonElement pair : histogram) {
            long count = pair.getAsJsonArray().get(1).getAsLong();
            sum += pair.getAsJsonArray().get(0).getAsDouble() * count;
            calls += count;
        }
        return sum / calls;
    }

    private static void each(JsonObject json, String member, BiConsumer<String, JsonElement> action) {
        JsonObject map = json.getAsJsonObject(member);
        if (map != null) {
            map.entrySet().forEach(entry -> action.accept(entry.getKey(), entry.getValue()));
        }
    }
}
