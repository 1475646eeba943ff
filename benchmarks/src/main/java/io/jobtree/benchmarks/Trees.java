package io.jobtree.benchmarks;

import com.softwaremill.jox.structured.Fork;
import com.softwaremill.jox.structured.Scope;
import com.softwaremill.jox.structured.Scopes;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobScope;
import java.io.Serial;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;

/// Counts the leaves of a tree of jobs: by each library. Every inner node opens a scope for its children.
final class Trees {
    private static final Callable<Integer> LEAF = () -> 1;

    private Trees() {}

    static int jobtree(JobScope scope, int wide, int deep) throws InterruptedException {
        var children = new ArrayList<Job<Integer>>(wide);
        for (int i = 0; i < wide; i++) {
            children.add(deep == 1 ? scope.spawn(LEAF) : scope.<Integer>spawn(inner -> jobtree(inner, wide, deep - 1)));
        }
        int leaves = 0;
        for (Job<Integer> child : children) {
            leaves += child.join();
        }
        return leaves;
    }

    static int rawScope(int wide, int deep) throws InterruptedException {
        try (var scope = StructuredTaskScope.open(Joiner.<Integer>awaitAllSuccessfulOrThrow())) {
            var children = new ArrayList<Subtask<Integer>>(wide);
            for (int i = 0; i < wide; i++) {
                children.add(scope.fork(deep == 1 ? LEAF : () -> rawScope(wide, deep - 1)));
            }
            scope.join();
            int leaves = 0;
            for (Subtask<Integer> child : children) {
                leaves += child.get();
            }
            return leaves;
        }
    }

    static int executor(int wide, int deep) throws InterruptedException, ExecutionException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var children = new ArrayList<Future<Integer>>(wide);
            for (int i = 0; i < wide; i++) {
                children.add(executor.submit(deep == 1 ? LEAF : () -> executor(wide, deep - 1)));
            }
            int leaves = 0;
            for (Future<Integer> child : children) {
                leaves += child.get();
            }
            return leaves;
        }
    }

    static int jox(Scope scope, int wide, int deep) throws InterruptedException, ExecutionException {
        var children = new ArrayList<Fork<Integer>>(wide);
        for (int i = 0; i < wide; i++) {
            children.add(scope.fork(
                    deep == 1 ? LEAF : () -> Scopes.<Integer>supervised(inner -> jox(inner, wide, deep - 1))));
        }
        int leaves = 0;
        for (Fork<Integer> child : children) {
            leaves += child.join();
        }
        return leaves;
    }

    static int threads(int wide, int deep) throws InterruptedException, ExecutionException {
        var children = new ArrayList<FutureTask<Integer>>(wide);
        for (int i = 0; i < wide; i++) {
            var child = new FutureTask<>(deep == 1 ? LEAF : () -> threads(wide, deep - 1));
            Thread.startVirtualThread(child);
            children.add(child);
        }
        int leaves = 0;
        for (FutureTask<Integer> child : children) {
            leaves += child.get();
        }
        return leaves;
    }

    /// A node for the fork-join pool.
    static final class Node extends RecursiveTask<Integer> {
        @Serial
        private static final long serialVersionUID = 1;

        private final int wide;
        private final int deep;

        Node(int wide, int deep) {
            this.wide = wide;
            this.deep = deep;
        }

        @Override
        protected Integer compute() {
            if (deep == 0) {
                return 1;
            }
            var children = new ArrayList<Node>(wide);
            for (int i = 0; i < wide; i++) {
                children.add(new Node(wide, deep - 1));
            }
            int leaves = 0;
            for (Node child : invokeAll(children)) {
                leaves += child.join();
            }
            return leaves;
        }
    }
}
