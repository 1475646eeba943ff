package io.jobtree.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Compares the code of an earlier commit with this one's in one JVM, which the script `duel` builds before.
///
/// Each side has class loaders of its own. Both do the same [DuelWork] in turn, in an order drawn anew, so that
/// what else the machine does hits both alike: the ratios repeat within some percent where those of forks
/// scatter by a factor of three. They say nothing about peers, and JMH has the last word.
@Command(
        name = "Duel",
        description = "Compares an earlier commit's code with this one's in one JVM.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // set by picocli
final class Duel implements Callable<Integer> {
    private static final int IN_A_ROW = 20;
    private static final int WARM_UP_PERCENT = 30;

    @Option(
            names = "--before",
            required = true,
            paramLabel = "CLASSPATH",
            description = "The earlier code, before what both have.")
    private String before;

    @Option(names = "--after", required = true, paramLabel = "CLASSPATH", description = "The later code, likewise.")
    private String after;

    @Option(names = "--seconds", defaultValue = "20", paramLabel = "N", description = "For each work. Default: 20.")
    private int seconds;

    @Option(
            names = "--work",
            defaultValue = "",
            paramLabel = "PART",
            description = "Only work with this in its name. Default: all.")
    private String part;

    @Spec
    private CommandSpec spec;

    Duel() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Duel()).execute(args));
    }

    @Override
    public Integer call() throws ReflectiveOperationException {
        var out = spec.commandLine().getOut();
        // The code that is loaded first is some percent faster: the compilers know it better.
        var earlier = new ArrayList<>(List.of(works(before)));
        var later = List.of(works(after), works(after));
        earlier.add(works(before));
        out.println("| work | before, us | after, us | speed |");
        out.println("|---|--:|--:|--:|");
        for (var work : later.getFirst().keySet()) {
            if (!work.contains(part)) {
                continue;
            }
            var times = measure(List.of(both(earlier, work), both(later, work)));
            double old = median(times.getFirst());
            double now = median(times.getLast());
            out.println(String.format(Locale.ROOT, "| %s | %.0f | %.0f | %.2f |", work, old, now, old / now));
            out.flush();
        }
        return 0;
    }

    private static List<Runnable> both(List<Map<String, Runnable>> loaded, String work) {
        return loaded.stream().map(works -> works.get(work)).toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Runnable> works(String classPath) throws ReflectiveOperationException {
        // For as long as this JVM lives.
        var loader = new URLClassLoader(urls(classPath), ClassLoader.getPlatformClassLoader());
        return (Map<String, Runnable>)
                loader.loadClass(DuelWork.class.getName()).getMethod("all").invoke(null);
    }

    private static URL[] urls(String classPath) {
        var urls = new ArrayList<URL>();
        for (var entry : classPath.split(File.pathSeparator, -1)) {
            try {
                urls.add(Path.of(entry).toUri().toURL());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return urls.toArray(URL[]::new);
    }

    /// The times of each side, in nanoseconds.
    private List<List<Long>> measure(List<List<Runnable>> sides) {
        List<List<Long>> times = List.of(new ArrayList<>(), new ArrayList<>());
        var order = new ArrayList<>(List.of(0, 1));
        var random = new Random(1);
        long start = System.nanoTime();
        long all = TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - start < all) {
            Collections.shuffle(order, random);
            for (int side : order) {
                for (var work : sides.get(side)) {
                    for (int i = 0; i < IN_A_ROW; i++) {
                        long begun = System.nanoTime();
                        work.run();
                        long ended = System.nanoTime();
                        if (ended - start > all * WARM_UP_PERCENT / 100) {
                            times.get(side).add(ended - begun);
                        }
                    }
                }
            }
        }
        return times;
    }

    private static double median(List<Long> times) {
        Collections.sort(times);
        return times.isEmpty() ? Double.NaN : times.get(times.size() / 2) / 1e3;
    }
}
