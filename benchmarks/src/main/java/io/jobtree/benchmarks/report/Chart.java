package io.jobtree.benchmarks.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.AxesChartStyler;

/// A picture of one question's results.
///
/// @param title what it shows
/// @param file the name of its file
/// @param picture what is drawn
record Chart(String title, String file, IChart picture) {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 400;
    private static final int MANY = 3;
    private static final int MANY_BARS = 6;
    private static final int SLANT = 20;
    private static final Color BAR = new Color(0x4C78A8);

    /// Lines over the number of jobs if there are at least three of those; else bars, a chart for each setting.
    static List<Chart> all(String question, List<Result> results) {
        boolean isGrowth = results.stream()
                        .mapToInt(result -> result.subject().jobs())
                        .distinct()
                        .count()
                >= MANY;
        if (isGrowth) {
            return List.of(lines(question, results));
        }
        Map<String, List<Result>> bySetting = results.stream()
                .collect(Collectors.groupingBy(Result::setting, LinkedHashMap::new, Collectors.toList()));
        return bySetting.entrySet().stream()
                .map(entry -> bars(question, entry.getKey(), entry.getValue()))
                .toList();
    }

    void writeSvg(Path path) throws IOException {
        ChartEncoder.saveChart(picture, path.toString(), "svg");
    }

    private static Chart bars(String question, String setting, List<Result> results) {
        String title = setting.isEmpty() ? question : question + ", " + setting;
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(results.getFirst().unit() + " a job, less is better")
                .build();
        var series = chart.addSeries(
                question,
                results.stream().map(Result::library).toList(),
                results.stream().map(result -> result.headline().value()).toList(),
                results.stream()
                        .map(result -> shownError(result, Double.MAX_VALUE))
                        .toList());
        series.setFillColor(BAR);
        style(chart.getStyler());
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setAvailableSpaceFill(0.5);
        chart.getStyler().setYAxisMin(0.0);
        // Long names of many bars would run into one another.
        chart.getStyler().setXAxisLabelRotation(results.size() > MANY_BARS ? SLANT : 0);
        return new Chart(title, fileName(title), chart);
    }

    private static Chart lines(String question, List<Result> results) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(question)
                .xAxisTitle("jobs")
                .yAxisTitle(results.getFirst().unit() + " a job, less is better")
                .build();
        results.stream()
                .collect(Collectors.groupingBy(Result::library, LinkedHashMap::new, Collectors.toList()))
                .forEach((library, points) -> chart.addSeries(
                        library,
                        points.stream().map(point -> point.subject().jobs()).toList(),
                        points.stream().map(point -> point.headline().value()).toList(),
                        points.stream()
                                .map(point ->
                                        shownError(point, 0.9 * point.headline().value()))
                                .toList()));
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setXAxisLogarithmicDecadeOnly(true);
        chart.getStyler().setYAxisLogarithmicDecadeOnly(true);
        return new Chart(question, fileName(question), chart);
    }

    /// No bar where there is no error, and none that leaves a logarithmic axis.
    private static double shownError(Result result, double most) {
        double error = result.headline().error();
        return Double.isNaN(error) ? 0 : Math.min(error, most);
    }

    private static void style(AxesChartStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesStroke(new BasicStroke(1)); // each dash would be a shape of its own
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setErrorBarsColor(Color.BLACK);
        styler.setYAxisDecimalPattern("#,###");
        styler.setXAxisDecimalPattern("#,###");
    }

    private static String fileName(String title) {
        return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
    }
}
