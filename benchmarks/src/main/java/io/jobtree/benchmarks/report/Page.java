package io.jobtree.benchmarks.report;

import io.jobtree.benchmarks.report.Goal.Sense;
import io.jobtree.benchmarks.report.Goal.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The report as Markdown: the goals first, then each question with its charts and numbers.
final class Page {
    private final Run run;
    private final Optional<Run> again;
    private final List<String> lines = new ArrayList<>();

    Page(Run run, Machine machine, Optional<Run> again) {
        this.run = run;
        this.again = again;
        add("# What a job costs");
        add("");
        add("%s, %d cores, %s; %s.".formatted(machine.cpu(), machine.cores(), machine.system(), machine.date()));
        add("");
        run.settings().forEach((settings, rounds) -> add("- " + rounds + " rounds " + settings));
        add("");
        add(
                "In each round every benchmark of a command runs once, one after the other, so that both sides of a ratio stand");
        add(
                "seconds apart. A round's figure is the median of its iterations. Each number is the median of the rounds' figures, and");
        add("each ratio that of the rounds' ratios. " + run.interval());
        again.ifPresent(this::repeatability);
        goals();
        run.questions().forEach(this::question);
    }

    String text() {
        return String.join("\n", lines) + "\n";
    }

    private void goals() {
        add("");
        add("## Goals");
        add("");
        add("| what | jobtree | the other | beside it | goal | |" + ofSecondRun(" again |"));
        add("|---|--:|--:|--:|--:|---|" + ofSecondRun("--:|"));
        for (Goal goal : Goals.all()) {
            Optional<Verdict> verdict = goal.judge(run);
            if (verdict.isPresent()) {
                add(row(goal, verdict.get()) + ofSecondRun(again(goal, verdict.get())));
            } else {
                add("| %s | | | | %s | not measured |".formatted(goal.text(), bound(goal)) + ofSecondRun(" |"));
            }
        }
    }

    private static String row(Goal goal, Verdict verdict) {
        String unit = goal.ours().unit();
        return "| %s | %s %s | %s | %s | %s | %s |"
                .formatted(
                        goal.text(),
                        verdict.ours(),
                        unit,
                        verdict.baseline().map(other -> other + " " + unit).orElse(""),
                        beside(goal, verdict),
                        bound(goal),
                        outcome(verdict));
    }

    /// What is in the table only beside a second run.
    private String ofSecondRun(String column) {
        return again.isPresent() ? column : "";
    }

    private String again(Goal goal, Verdict first) {
        return again.flatMap(goal::judge)
                .map(Verdict::compared)
                .map(second ->
                        " " + Numbers.text(second.value()) + (first.compared().covers(second) ? " |" : ", outside ± |"))
                .orElse(" |");
    }

    /// How many figures of a second run are within the errors of this one.
    private void repeatability(Run second) {
        List<Boolean> numbers = run.results().stream()
                .flatMap(result -> second.find(result.question(), result.library(), result.params()).stream()
                        .map(repeated -> result.headline().covers(repeated.headline())))
                .toList();
        List<Boolean> goals = Goals.all().stream()
                .flatMap(goal -> goal.judge(run).stream()
                        .flatMap(first -> goal.judge(second).stream()
                                .map(repeated -> first.compared().covers(repeated.compared()))))
                .toList();
        add("");
        add("A second run, of %d round%s, gave a median within ± for %d of %d numbers, and for %d of the %d goals."
                .formatted(
                        second.rounds(),
                        second.rounds() == 1 ? "" : "s",
                        Collections.frequency(numbers, true),
                        numbers.size(),
                        Collections.frequency(goals, true),
                        goals.size()));
    }

    private static String beside(Goal goal, Verdict verdict) {
        if (goal.baseline().isEmpty()) {
            return "";
        }
        return goal.sense() == Sense.EXTRA
                ? "+ %s %s".formatted(verdict.compared(), goal.ours().unit())
                : verdict.compared() + " ×";
    }

    private static String bound(Goal goal) {
        String number = Numbers.text(goal.bound());
        String unit = goal.ours().unit();
        if (goal.baseline().isEmpty()) {
            return "at most " + number + " " + unit;
        }
        return switch (goal.sense()) {
            case SPEED -> "at least " + number + " ×";
            case COST -> "at most " + number + " ×";
            case EXTRA -> "at most + " + number + " " + unit;
        };
    }

    private static String outcome(Verdict verdict) {
        String outcome = verdict.isMet() ? "met" : "**missed**";
        if (Double.isNaN(verdict.compared().error())) {
            return outcome + ", error unknown";
        }
        return verdict.isSure() ? outcome : outcome + ", within the error";
    }

    private void question(String question) {
        List<Result> results = run.of(question);
        add("");
        add("## " + question);
        for (Chart chart : Chart.all(question, results)) {
            add("");
            add("![%s](%s)".formatted(chart.title(), chart.file()));
        }
        add("");
        add("| library | setting | %s a job | beside %s | p50 | p99 | p99.9 | B allocated a job |"
                .formatted(results.getFirst().unit(), Baseline.of(results)));
        add("|---|---|--:|--:|--:|--:|--:|--:|");
        results.forEach(result -> add(row(result)));
    }

    private String row(Result result) {
        var baseline = run.find(result.question(), Baseline.of(run.of(result.question())), result.params());
        String speed = baseline.filter(other -> !other.equals(result))
                .map(other -> other.headline().over(result.headline()).toString())
                .orElse("");
        return "| %s | %s | %s | %s | %s | %s | %s | %s |"
                .formatted(
                        result.library(),
                        result.setting(),
                        result.headline(),
                        speed,
                        result.text("50.0"),
                        result.text("99.0"),
                        result.text("99.9"),
                        result.text(Side.ALLOCATION));
    }

    private void add(String line) {
        lines.add(line);
    }
}
