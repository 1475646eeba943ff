package io.jobtree.scheduler.engine;

/// What is bound while a thread runs a job: that job, or the thread, which runs one after another.
sealed interface Running permits JobImpl, Worker {
    JobImpl<?> job();
}
