/** The coroutines' side of each benchmark, written as a Kotlin user would write it. */
@file:JvmName("Coroutines")

package io.jobtree.benchmarks

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.sync.withPermit
import kotlinx.coroutines.yield

private const val DAY_MILLIS = 86_400_000L

/** Launches `jobs` trivial coroutines in a scope and waits for them. */
fun spawn(jobs: Int, body: Runnable) = spawnOn(Dispatchers.Default, jobs, body)

private fun spawnOn(dispatcher: CoroutineDispatcher, jobs: Int, body: Runnable) = runBlocking(dispatcher) {
    repeat(jobs) { launch { body.run() } }
}

/** The same, at most `limit` at once: each coroutine takes a permit. */
fun spawnLimited(jobs: Int, limit: Int, body: Runnable) = runBlocking(Dispatchers.Default) {
    val permits = Semaphore(limit)
    repeat(jobs) { launch { permits.withPermit { body.run() } } }
}

/** The same, at most `limit` at once by the dispatcher. */
fun spawnParallel(jobs: Int, limit: Int, body: Runnable) =
    spawnOn(Dispatchers.Default.limitedParallelism(limit), jobs, body)

/** Each blocks a thread of the dispatcher for blocking work, at most `limit` at once. */
fun work(jobs: Int, limit: Int, body: Runnable) =
    spawnOn(Dispatchers.IO.limitedParallelism(limit), jobs, body)

/** The same, from several coroutines at once. */
fun spawnFromMany(spawners: Int, jobs: Int, body: Runnable) = runBlocking(Dispatchers.Default) {
    val scope = this
    repeat(spawners) { launch { repeat(jobs / spawners) { scope.launch { body.run() } } } }
}

/** Each coroutine holds a permit while it yields. */
fun contend(jobs: Int, limit: Int, yields: Int) = runBlocking(Dispatchers.Default) {
    val permits = Semaphore(limit)
    repeat(jobs) { launch { permits.withPermit { repeat(yields) { yield() } } } }
}

/** One coroutine, there and back. */
fun roundTrip(value: Int): Int = runBlocking(Dispatchers.Default) { async { value }.await() }

/** Counts the leaves of a tree of coroutines. */
fun tree(wide: Int, deep: Int): Int = runBlocking(Dispatchers.Default) { leaves(wide, deep) }

private suspend fun leaves(wide: Int, deep: Int): Int =
    if (deep == 0) 1 else coroutineScope { List(wide) { async { leaves(wide, deep - 1) } }.awaitAll().sum() }

/** One of `jobs` siblings fails, the others sleep. */
fun failFast(jobs: Int): Throwable? = runBlocking(Dispatchers.Default) {
    try {
        coroutineScope {
            repeat(jobs - 1) { launch { delay(DAY_MILLIS) } }
            launch { throw Failure }
        }
        null
    } catch (failure: Failure) {
        failure
    }
}
