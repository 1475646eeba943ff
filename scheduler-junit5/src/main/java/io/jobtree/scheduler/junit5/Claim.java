package io.jobtree.scheduler.junit5;

/// What a thread carries to say which owner answers for what it starts.
sealed interface Claim permits Owner, ThreadBirth {
    Owner owner();
}
