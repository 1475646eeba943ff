/// What JMH has written, as people read it: [Report] makes a page with charts and the goals, [Compare] the ratios of
/// two runs.
///
/// A [Sample] is an entry of JMH's JSON, a [Result] one benchmark over all rounds of a [Run], a [Goal] a ratio of two
/// of them.
@NullMarked
package io.jobtree.benchmarks.report;

import org.jspecify.annotations.NullMarked;
