package io.jobtree.benchmarks.sleep

import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.sync.withPermit

private const val DAY_MILLIS = 86_400_000L

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
