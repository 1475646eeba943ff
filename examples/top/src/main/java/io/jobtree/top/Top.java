package io.jobtree.top;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Shows the jobs of a running JVM that has `SchedulerBeans` installed, such as `hashtree --jmx`.
@Command(
        name = "jobtree top",
        sortOptions = false,
        description = {"Shows the job trees of the JVM with the process id PID, and lets jobs be cancelled.%n"},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:all is well", " 1:the JVM cannot be reached, or has gone", " 2:the arguments are wrong"})
final class Top implements Callable<Integer> {
    @Parameters(paramLabel = "PID", description = "The process id of the JVM, as jps shows it.")
    private String process = "";

    @Option(names = "--once", description = "Print the trees once, and who waits for whom; then exit.")
    private boolean once;

    @Option(names = "--help", usageHelp = true, description = "Print this and exit.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Top() {}

    static void main(String[] arguments) {
        System.exit(new CommandLine(new Top()).execute(arguments));
    }

    @Override
    public Integer call() {
        try (var target = Target.attach(process)) {
            if (once) {
                print(target, spec.commandLine().getOut());
            } else {
                new TopScreen(process, target).run();
            }
            return 0;
        } catch (IOException failure) {
            spec.commandLine().getErr().println("jobtree top: " + process + ": " + failure.getMessage());
            return 1;
        }
    }

    private static void print(Target target, PrintWriter out) throws IOException {
        for (var snapshot : target.look()) {
            out.println(snapshot.tree());
            if (!snapshot.waits().isEmpty()) {
                out.println();
                out.println(snapshot.waits());
            }
        }
        out.flush();
    }
}
