package io.jobtree.benchmarks.report;

import java.util.List;

/// The library that a question's others are set beside: the first of these that answers it.
final class Baseline {
    private static final List<String> CANDIDATES = List.of("rawScope", "threads", "jobtree");

    private Baseline() {}

    static String of(List<Result> results) {
        return CANDIDATES.stream()
                .filter(candidate ->
                        results.stream().anyMatch(result -> result.library().equals(candidate)))
                .findFirst()
                .orElseGet(() -> results.getFirst().library());
    }
}
