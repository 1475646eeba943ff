import org.jspecify.annotations.NullMarked;

/// A JUnit Jupiter extension: a test that leaks jobs, threads or executors fails, and says exactly why.
///
/// @provides org.junit.jupiter.api.extension.Extension for JUnit's extension auto-detection
/// @provides org.junit.platform.launcher.TestExecutionListener to warn of parameters that nothing reads
@NullMarked
@SuppressWarnings("module") // the digit belongs to the name
module io.jobtree.scheduler.junit5 {
    requires static transitive org.jspecify;
    requires transitive io.jobtree.scheduler;
    requires transitive org.junit.jupiter.api;
    requires static io.jobtree.scheduler.timeline;
    requires static org.junit.platform.launcher;
    requires java.management;
    requires jdk.management;

    exports io.jobtree.scheduler.junit5;

    uses org.junit.jupiter.api.extension.Extension; // to see whether there are others

    provides org.junit.jupiter.api.extension.Extension with
            io.jobtree.scheduler.junit5.LeakedJobsExtension;
    provides org.junit.platform.launcher.TestExecutionListener with
            io.jobtree.scheduler.junit5.settings.UnknownParameters;
}
