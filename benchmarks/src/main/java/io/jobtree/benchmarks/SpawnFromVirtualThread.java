package io.jobtree.benchmarks;

import org.openjdk.jmh.annotations.Fork;

/// [SpawnBenchmark], spawned from a virtual thread.
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-Djmh.executor=VIRTUAL"})
public class SpawnFromVirtualThread extends SpawnBenchmark {}
