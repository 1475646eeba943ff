import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Fails unless, of each test class that ran, each method with an annotation ran: `java EachTestRan.java ANNOTATION
/// SOURCES REPORTS`. A tool that skips its tests is green otherwise.
void main(String[] args) throws Exception {
    var annotation = Pattern.compile("@" + args[0] + "\\(");
    var ran = Pattern.compile("<testsuite [^>]*?name=\"([^\"]+)\"[^>]* tests=\"(\\d+)\"[^>]* skipped=\"(\\d+)\"");
    int total = 0;
    try (var reports = Files.newDirectoryStream(Path.of(args[2]), "TEST-*.xml")) {
        for (var report : reports) {
            var suite = ran.matcher(Files.readString(report));
            if (!suite.find()) {
                throw new IllegalStateException(report + " has no test suite in it");
            }
            var source = Path.of(args[1], suite.group(1).replace('.', '/') + ".java");
            long expected = annotation.matcher(Files.readString(source)).results().count();
            int actual = Integer.parseInt(suite.group(2)) - Integer.parseInt(suite.group(3));
            if (actual < expected) {
                throw new IllegalStateException(source + ": " + actual + " of " + expected + " tests ran");
            }
            total += actual;
        }
    }
    if (total == 0) {
        throw new IllegalStateException("no test ran: there is no report in " + args[2]);
    }
    IO.println(total + " tests ran under @" + args[0]);
}
