package io.jobtree.proof.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// A fault at the n-th point of each small life, for each n, or for as many as there is time for.
@Command(name = "faults", mixinStandardHelpOptions = true)
final class Faults implements Callable<Integer> {
    /// Frames from the end of a stack in which a step of a life surely fits.
    private static final int FRAMES = 300;

    @Option(names = "--seconds", description = "A random sample for so long; without it every point of every life.")
    int seconds;

    @Option(names = "--seed", description = "Of the sample.")
    long seed = System.nanoTime();

    @Option(names = "--life", description = "${COMPLETION-CANDIDATES}")
    List<Life> lives = List.of(Life.values());

    @Option(names = "--kind", description = "${COMPLETION-CANDIDATES}")
    List<Kind> kinds = List.of(Kind.values());

    @Option(names = "--at", description = "Only at points whose names begin so, as engine/Paths.shown.")
    String at = "";

    private final Map<String, Map<String, Integer>> found = new TreeMap<>();
    private int trials;
    private int bad;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Faults()).execute(args));
    }

    private record Sweep(Life life, Kind kind, int points) {}

    @Override
    public Integer call() throws InterruptedException {
        Said.listen();
        var sweeps = new ArrayList<Sweep>();
        for (var life : lives) {
            for (var kind : kinds) {
                sweeps.add(new Sweep(life, kind, points(life, kind)));
            }
        }
        if (seconds > 0) {
            sample(sweeps);
        } else {
            for (var sweep : sweeps) {
                each(sweep);
            }
        }
        found.forEach((where, wrong) -> System.out.println(where + ' ' + wrong));
        System.out.printf(
                "%d faults, %d left something wrong, at %d places (seed %d)%n", trials, bad, found.size(), seed);
        return bad == 0 && trials > 0 ? 0 : 1;
    }

    /// Counts them, in lives without a fault; the first also loads classes.
    private int points(Life life, Kind kind) throws InterruptedException {
        int most = 0;
        for (int i = 0; i < 5; i++) {
            var trial = new Trial(kind, Integer.MAX_VALUE, at);
            trial.run(life);
            if (!trial.wrong().isEmpty()) {
                throw new IllegalStateException(life + " without a fault: " + trial.wrong());
            }
            most = i == 0 ? 0 : Math.max(most, trial.points());
        }
        return kind == Kind.OVERFLOW ? FRAMES : most;
    }

    private void sample(List<Sweep> sweeps) throws InterruptedException {
        // Threads race: in a life that was cancelled early no user's code may be called.
        sweeps.removeIf(sweep -> sweep.points == 0);
        var random = new Random(seed);
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            var sweep = sweeps.get(random.nextInt(sweeps.size()));
            one(sweep, 1 + random.nextInt(sweep.points));
        }
    }

    private void each(Sweep sweep) throws InterruptedException {
        int before = bad;
        for (int n = 1; n <= sweep.points; n++) {
            one(sweep, n);
        }
        System.out.printf("%s %s: %d points, %d bad%n", sweep.life, sweep.kind, sweep.points, bad - before);
    }

    private void one(Sweep sweep, int n) throws InterruptedException {
        var trial = new Trial(sweep.kind, n, at);
        trial.run(sweep.life);
        // Threads race: the life may have had fewer points this time.
        if (trial.where() == null) {
            return;
        }
        trials++;
        if (!trial.wrong().isEmpty()) {
            bad++;
            found.computeIfAbsent(sweep.life + " " + sweep.kind + " at " + trial.where(), _ -> new TreeMap<>())
                    .merge(trial.wrong().toString(), 1, Integer::sum);
        }
    }
}
