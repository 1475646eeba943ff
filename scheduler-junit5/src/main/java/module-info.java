import org.jspecify.annotations.NullMarked;

/// A JUnit Jupiter extension: a test that leaks jobs fails, and says exactly why.
///
/// @provides org.junit.jupiter.api.extension.Extension for JUnit's extension auto-detection
@NullMarked
@SuppressWarnings("module") // the digit belongs to the name
module io.jobtree.scheduler.junit5 {
    requires static transitive org.jspecify;
    requires transitive io.jobtree.scheduler;
    requires transitive org.junit.jupiter.api;
    requires java.management;
    requires jdk.management;

    exports io.jobtree.scheduler.junit5;

    provides org.junit.jupiter.api.extension.Extension with
            io.jobtree.scheduler.junit5.LeakedJobsExtension;
}
