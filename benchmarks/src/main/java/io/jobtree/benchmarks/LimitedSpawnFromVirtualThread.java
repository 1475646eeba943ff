package io.jobtree.benchmarks;

import org.openjdk.jmh.annotations.Fork;

/// [LimitedSpawnBenchmark], spawned from a virtual thread.
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-Djmh.executor=VIRTUAL"})
public class LimitedSpawnFromVirtualThread extends LimitedSpawnBenchmark {}
