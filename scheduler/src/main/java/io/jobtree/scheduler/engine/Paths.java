package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.text.Texts;
import java.util.ArrayDeque;

/// Paths, built when somebody asks: kept, they would cost a deep tree the square of its depth.
public final class Paths {
    /// How many names a thread or a task scope shows of its path.
    private static final int MAX_SHOWN = 32;

    private Paths() {}

    static String of(JobImpl<?> job) {
        return path(job, Integer.MAX_VALUE);
    }

    /// For thread dumps: printable, and of the last names only where there are very many.
    static String shown(JobImpl<?> job) {
        var scope = job.scope();
        if (scope.depth >= MAX_SHOWN) {
            return Texts.printable(path(job, MAX_SHOWN));
        }
        // Before the concatenation, which C2 makes one allocation of where there is nothing else amid it.
        var name = Texts.printable(job.name());
        return scope.shown + '/' + name;
    }

    /// For pictures and messages: as it is, and of the last names only where there are very many. Each level of a deep
    /// tree may have to say one.
    public static String upTo(JobImpl<?> job) {
        return path(job, MAX_SHOWN);
    }

    static String upTo(Scope scope) {
        return scope instanceof BranchScope branch ? upTo(branch.owner) : scope.name();
    }

    private static String path(JobImpl<?> job, int most) {
        var names = new ArrayDeque<String>();
        JobImpl<?> above = job;
        for (; above != null && names.size() < most; above = above.parentOrNull()) {
            names.push(above.name());
        }
        return (above == null ? job.root().name() : "…") + '/' + String.join("/", names);
    }
}
