package io.jobtree.benchmarks.sleep

import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

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
