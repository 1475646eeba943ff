import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Runs jcstress, and fails unless each of its tests ran and passed: `java Jcstress.java JAR JVM-ARGUMENT ARGUMENT...`.
///
/// A test with more actors than the machine has processors is left out by jcstress, which says so in no exit code.
void main(String[] args) throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    // Two worlds of optimisations that interleave are not worth four times the time.
    var command = new ArrayList<>(List.of(java, "-jar", args[0], "-sc", "false", "-jvmArgs", args[1]));
    command.addAll(List.of(args).subList(2, args.length));
    var listed = output(List.of(java, "-jar", args[0], "-l", "-t", args[args.length - 1]));
    long expected = Pattern.compile("(?m)^io\\.jobtree\\.\\S+").matcher(listed).results().count();
    var log = Path.of("jcstress.log");
    int status = new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    var text = Files.readString(log);
    var failed = Pattern.compile("(?m)^.*\\[(?:FAILED|ERROR)\\].*$").matcher(text).results().toList();
    failed.forEach(line -> IO.println(line.group()));
    long ran = Pattern.compile("(?m)\\[OK\\]\\s+(io\\.jobtree\\.\\S+)")
            .matcher(text)
            .results()
            .map(line -> line.group(1))
            .distinct()
            .count();
    IO.println(ran + " of " + expected + " tests passed under jcstress; see " + log.toAbsolutePath());
    if (status != 0 || !failed.isEmpty() || ran != expected || ran == 0) {
        throw new IllegalStateException("jcstress ended with " + status);
    }
}

private String output(List<String> command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes());
}
