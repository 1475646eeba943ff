/// What a job costs, measured with JMH.
///
/// A class asks one question, and each of its methods lets one library answer it with the same work: `jobtree` is ours,
/// `rawScope` a bare `StructuredTaskScope`, `executor` the JDK's thread-per-task executor, `kotlin` coroutines on
/// `Dispatchers.Default`, `jox` Jox's scopes, `forkJoin` the common pool, and `threads`, the floor,
/// `Thread.startVirtualThread`.
///
/// [io.jobtree.benchmarks.report.Report] turns JMH's JSON into a page with charts.
@NullMarked
package io.jobtree.benchmarks;

import org.jspecify.annotations.NullMarked;
