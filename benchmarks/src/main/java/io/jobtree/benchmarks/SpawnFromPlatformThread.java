package io.jobtree.benchmarks;

import org.openjdk.jmh.annotations.Fork;

/// [SpawnBenchmark], spawned from a platform thread.
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class SpawnFromPlatformThread extends SpawnBenchmark {}
