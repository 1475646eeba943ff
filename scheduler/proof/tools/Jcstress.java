import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Runs jcstress, and fails unless each of its tests ran and passed: `java Jcstress.java JAR MODE TESTS`, with a pattern
/// of test names.
///
/// A test with more actors than the machine has processors is left out by jcstress, which says so in no exit code.
void main(String[] args) throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var program = List.of(java, "-jar", args[0], "-t", args[2]);
    var log = Path.of("jcstress.log").toAbsolutePath();
    run(program, List.of("-l"), log);
    long expected = count("(?m)^io\\.jobtree\\.\\S+$", log);
    int status = run(program, more(args[1]), log);
    var passed = Pattern.compile("All remaining tests: (\\d+) matching").matcher(Files.readString(log));
    long ran = passed.find() ? Long.parseLong(passed.group(1)) : 0;
    IO.println(ran + " results of " + expected + " tests passed under jcstress; see " + log);
    // One result a test and kind of JVM.
    if (status != 0 || ran == 0 || ran % expected != 0) {
        throw new IllegalStateException("jcstress ended with " + status);
    }
}

/// Where it has to be quick: one kind of JVM, and not each way to split a test between two compilers.
private List<String> more(String mode) {
    return mode.equals("quick")
            ? List.of("-m", "quick", "-f", "1", "-iters", "3", "-time", "300", "-sc", "false", "-jvmArgs", "-Xmx512m")
            : List.of("-m", mode);
}

private int run(List<String> program, List<String> more, Path log) throws Exception {
    var command = new ArrayList<>(program);
    command.addAll(more);
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
}

private long count(String pattern, Path log) throws Exception {
    return Pattern.compile(pattern).matcher(Files.readString(log)).results().count();
}
