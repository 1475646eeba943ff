package io.jobtree.scheduler;

import java.util.ArrayDeque;

/// Paths, built when somebody asks: kept, they would cost a deep tree the square of its depth.
final class Paths {
    /// How many names a thread or a task scope shows of its path.
    private static final int MAX_SHOWN = 32;

    private Paths() {}

    static String of(JobImpl<?> job) {
        return path(job, Integer.MAX_VALUE);
    }

    static String of(Scope scope) {
        return scope instanceof BranchScope branch ? of(branch.owner) : scope.name();
    }

    /// For thread dumps: printable, and of the last names only where there are very many.
    static String shown(Scope scope) {
        return Text.printable(scope instanceof BranchScope branch ? path(branch.owner, MAX_SHOWN) : scope.name());
    }

    /// The path of a job in a picture of a tree: of the last names only where there are very many.
    static String shown(JobImpl<?> job) {
        return path(job, MAX_SHOWN);
    }

    private static String path(JobImpl<?> job, int most) {
        var names = new ArrayDeque<String>();
        JobImpl<?> above = job;
        for (; above != null && names.size() < most; above = above.parentOrNull()) {
            names.push(above.name());
        }
        return (above == null ? job.scheduler().name() : "…") + '/' + String.join("/", names);
    }
}
