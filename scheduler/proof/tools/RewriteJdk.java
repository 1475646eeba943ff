import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes the JDK that Fray needs, from the one that runs this, unless it is there:
/// `java RewriteJdk.java REWRITER TARGET`.
///
/// Fray's own Maven plugin downloads a JDK for it, and wants jmods, which a JDK 25 may lack.
void main(String[] args) throws Exception {
    var rewriter = Path.of(args[0]);
    var target = Path.of(args[1]);
    if (isKnownToFray(target)) {
        return;
    }
    var jlink = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                    "-J-javaagent:" + rewriter.resolve("fray-instrumentation-jdk.jar"),
                    "-J--module-path=" + rewriter,
                    "-J--add-modules=org.pastalab.fray.instrumentation.jdk",
                    "-J--class-path=" + rewriter + "/*",
                    "--output",
                    target.toString(),
                    "--add-modules",
                    "java.se,jdk.unsupported,jdk.management",
                    "--release-info",
                    "add:IMPLEMENTOR=Fray",
                    "--fray-instrumentation")
            .inheritIO()
            .start();
    if (jlink.waitFor() != 0 || !isKnownToFray(target)) {
        throw new IllegalStateException(target + " is no JDK for Fray; delete it and try again");
    }
}

/// Where the line is missing, Fray skips every test and says nothing.
private boolean isKnownToFray(Path jdk) throws IOException {
    var release = jdk.resolve("release");
    return Files.exists(release) && Files.readAllLines(release).contains("IMPLEMENTOR=Fray");
}
