package io.jobtree.benchmarks

import io.jobtree.scheduler.BranchAction
import io.jobtree.scheduler.Job
import io.jobtree.scheduler.JobAction
import io.jobtree.scheduler.JobOptions
import io.jobtree.scheduler.JobScope
import io.jobtree.scheduler.Scheduler
import java.util.concurrent.atomic.AtomicInteger
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test

/**
 * The obvious Kotlin compiles, and means the obvious: a lambda keeps its value. `BodyFormsTest` of the scheduler is the
 * same in Java.
 */
class KotlinFormsTest {
    private val jobs: Scheduler = Scheduler.open("kotlin")
    private val options = JobOptions.named("options")
    private val ran = AtomicInteger()

    @AfterEach fun close() = jobs.close()

    private fun load(): Int = ran.incrementAndGet()

    private fun send() {
        ran.incrementAndGet()
    }

    private fun loadIn(scope: JobScope): Int = scope.spawn("child") { load() }.join()

    @Test fun `spawn takes a lambda's value as the result`() {
        val named: Job<Int> = jobs.spawn("a") { load() }
        val withOptions: Job<Int> = jobs.spawn(options) { load() }
        val unnamed: Job<Int> = jobs.spawn { load() }
        val inParentheses: Job<Int> = jobs.spawn("a", { load() })
        val reference: Job<Int> = jobs.spawn("a", ::load)
        val sum = listOf(named, withOptions, unnamed, inParentheses, reference).sumOf { it.join() }
        assertThat(sum).isEqualTo(15)
    }

    @Test fun `spawn in any scope takes a lambda's value as the result`() {
        val branch: Job<Int> = jobs.spawn("branch") { scope -> scope.spawn("child") { load() }.join() }
        val reference: Job<Int> = jobs.spawn("branch", ::loadIn)
        val any: JobScope = jobs
        val seenAsScope: Job<Int> = any.spawn("a") { load() }
        assertThat(branch.join() + reference.join() + seenAsScope.join()).isEqualTo(6)
    }

    @Test fun `spawn of a body without a value gives Unit`() {
        val action: Job<Unit> = jobs.spawn("a") { send() }
        val branch: Job<Unit> = jobs.spawn("branch") { scope ->
            scope.spawn("child") { send() }.join()
        }
        action.join()
        branch.join()
        assertThat(ran).hasValue(2)
    }

    @Test fun `spawn takes an interface that is named`() {
        val action: Job<Void?> = jobs.spawn("a", JobAction { send() })
        val branch: Job<Void?> = jobs.spawn("a", BranchAction { scope -> scope.spawn("child") { send() } })
        action.join()
        branch.join()
        assertThat(ran).hasValue(2)
    }

    @Test fun `trySpawn, shield and blocking take a lambda's value as the result`() {
        val named: Job<Int> = jobs.trySpawn("a") { load() }.orElseThrow()
        val withOptions: Job<Int> = jobs.trySpawn(options) { load() }.orElseThrow()
        val branch: Job<Int> = jobs.trySpawn("branch") { scope -> loadIn(scope) }.orElseThrow()
        val shielded: Int = jobs.shield("a") { load() }
        val blocked: Int = Job.blocking { load() }
        assertThat(named.join() + withOptions.join() + branch.join() + shielded + blocked).isEqualTo(15)
    }
}
