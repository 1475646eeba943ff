import org.jspecify.annotations.NullMarked;

/// Tests in virtual time, under seeded schedules, of any code on virtual threads. Experimental.
@NullMarked
module io.jobtree.scheduler.synctest {
    requires static transitive org.jspecify;
    requires static org.junit.jupiter.api;
    requires static org.junit.platform.commons;
    requires static org.opentest4j;
    requires java.instrument;

    exports io.jobtree.scheduler.synctest;
}
