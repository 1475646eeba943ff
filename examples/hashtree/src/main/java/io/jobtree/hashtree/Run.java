package io.jobtree.hashtree;

import io.jobtree.scheduler.JobBody;

/// What the program does, as the body of its topmost job; gives the exit code.
interface Run extends JobBody<Integer> {
    /// All is well.
    int OK = 0;
    /// Some file could not be read, or is not what it should be.
    int PROBLEMS = 1;
    /// The arguments make no sense, or name what is not there.
    int USAGE = 2;
    /// As `timeout` has it.
    int TIMED_OUT = 124;
    /// As a shell tells of a process that SIGPIPE ended.
    int BROKEN_PIPE = 141;
}
