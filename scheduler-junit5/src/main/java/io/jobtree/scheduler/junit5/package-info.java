/// Leaked jobs fail the test that leaked them.
///
/// Put [io.jobtree.scheduler.junit5.NoLeakedJobs] on a test class, or switch on JUnit's extension auto-detection
/// (`junit.jupiter.extensions.autodetection.enabled=true`) to watch all tests. Then these configuration parameters
/// hold where no annotation does:
///
/// - `jobtree.leaks.mode`: `fail` (default), `warn` or `off`
/// - `jobtree.leaks.grace`: milliseconds, 500 by default
///
/// and this one everywhere:
///
/// - `jobtree.leaks.sites`: where a job was spawned is kept for the first 50 jobs of a test, and of later ones for
///   the first of each name, up to 50 more (`auto`, the default); for every job with the whole stack (`full`, some
///   microseconds a job); or not at all (`off`)
package io.jobtree.scheduler.junit5;
