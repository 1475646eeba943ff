package io.jobtree.benchmarks

/** What a job fails with where failing is the work; made once, without a stack, so that its own cost is nothing. */
object Failure : RuntimeException("failed on purpose", null, false, false) {
    private fun readResolve(): Any = Failure
}
