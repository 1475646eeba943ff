package io.jobtree.benchmarks;

import org.openjdk.jmh.annotations.Fork;

/// [LimitedSpawnBenchmark], spawned from a platform thread.
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class LimitedSpawnFromPlatformThread extends LimitedSpawnBenchmark {}
