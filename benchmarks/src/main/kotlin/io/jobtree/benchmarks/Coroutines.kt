/** The coroutines' side of each benchmark, written as a Kotlin user would write it. */
@file:JvmName("Coroutines")

package io.jobtree.benchmarks

import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
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

/** Sleeping coroutines. */
class CoroutineSleepers(jobs: Int, limit: Int, private val started: CountDownLatch, arrived: CountDownLatch) :
    AutoCloseable {
    private val job = SupervisorJob()
    private val scope = CoroutineScope(Dispatchers.Default + job)

    init {
        if (limit < jobs) {
            val permits = Semaphore(limit)
            repeat(jobs) {
                scope.launch {
                    arrived.countDown()
                    permits.withPermit { sleep() }
                }
            }
        } else {
            repeat(jobs) { scope.launch { sleep() } }
        }
    }

    private suspend fun sleep() {
        started.countDown()
        delay(DAY_MILLIS)
    }

    /** Starts one more, and cancels it once it runs. */
    fun cancelOne() = runBlocking(Dispatchers.Default) {
        val running = CompletableDeferred<Unit>()
        val one = scope.launch {
            running.complete(Unit)
            delay(DAY_MILLIS)
        }
        running.await()
        one.cancelAndJoin()
    }

    override fun close() = runBlocking { job.cancelAndJoin() }
}

/** Open scopes with nothing in them but a coroutine that holds each open. */
class CoroutineScopes(scopes: Int, started: CountDownLatch) : AutoCloseable {
    private val root = SupervisorJob()
    private val holders: List<Job>

    init {
        val scope = CoroutineScope(Dispatchers.Default + root)
        holders = List(scopes) {
            scope.launch {
                coroutineScope {
                    started.countDown()
                    awaitCancellation()
                }
            }
        }
    }

    override fun close() = runBlocking {
        root.cancel()
        holders.joinAll()
    }
}
