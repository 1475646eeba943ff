package io.jobtree.scheduler.junit5.find;

/// What a thread carries to say where it, and what it starts, comes from.
public sealed interface Inherited permits Origin, ThreadCreation {
    Origin origin();
}
