/// Tests in virtual time, under seeded schedules, of unchanged code on virtual threads.
///
/// Not promised: that every race is found, effects of the memory model, seeds that hold over releases, I/O.
///
/// - [VirtualTime]: a test whose sleeps, timeouts and deadlines cost no real time;
/// - [Schedules]: a test under many schedules of its threads, a failing one replayed by its seed;
/// - [Bubble]: the same without JUnit.
///
/// Experimental: names and seeds may change in any release.
package io.jobtree.scheduler.synctest;
