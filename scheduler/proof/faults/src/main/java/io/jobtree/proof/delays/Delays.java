package io.jobtree.proof.delays;

import io.jobtree.proof.agent.Delay;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Random operations on one scheduler after another, each against its model, for so long or for so many.
@Command(name = "delays", mixinStandardHelpOptions = true)
final class Delays implements Callable<Integer> {
    @Option(names = "--seconds", description = "For so long.")
    long seconds = Long.MAX_VALUE / 2_000_000_000L;

    @Option(names = "--operations", description = "For so many calls of the API.")
    long operations = Long.MAX_VALUE;

    @Option(names = "--seed", description = "Of the first scheduler; each later one has the next.")
    long seed = System.nanoTime();

    public static void main(String[] args) {
        System.exit(new CommandLine(new Delays()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        LogManager.getLogManager().reset();
        var report = new Report();
        long start = System.nanoTime();
        long next = seed;
        while (!report.isEnough()
                && report.operations() < operations
                && System.nanoTime() - start < seconds * 1_000_000_000L) {
            Delay.seed(next);
            new Plan(next++, report).run();
        }
        System.out.printf(
                "%d operations on %d schedulers with %d jobs in %d s, from seed %d: %d wrong%n",
                report.operations(),
                next - seed,
                report.jobs(),
                (System.nanoTime() - start) / 1_000_000_000L,
                seed,
                report.wrong());
        return report.wrong() == 0 && report.operations() > 0 ? 0 : 1;
    }
}
