package io.jobtree.scheduler.junit5.leak;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.find.Frames;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A thread of its own, or an executor, task scope, timer or the like with all its threads, frozen.
///
/// @param type what a reader knows it by: `ThreadPoolExecutor`, `StructuredTaskScope 'fetch'`; empty for a thread
/// @param container its name in a thread dump, with the hash that tells it from others; empty if it has none
/// @param threads those that were looked at
/// @param count of all threads in it
/// @param site where it was made, if that is known; else where the first of its threads was started
/// @param isMakersSite whether `site` is where the executor itself was made
/// @param startedIn the test that started it; empty if that is not known
/// @param opener the name of the thread that opened the task scope; empty if that is not known
/// @param candidates the tests that may have started it, where it is not known which
/// @param heldBy the field that holds it; empty if none was found
/// @param isSampled whether there are too many to look at all
/// @param isShared whether an extension or another class may hold it, for more than the test that started it
/// @param isShutDown whether somebody has shut the executor down; null if that is not known
public record ThreadLeak(
        Kind kind,
        String type,
        String container,
        List<LeakedThread> threads,
        int count,
        List<StackTraceElement> site,
        boolean isMakersSite,
        String startedIn,
        String opener,
        List<String> candidates,
        String heldBy,
        boolean isSampled,
        boolean isShared,
        @Nullable Boolean isShutDown) {

    public Frames madeAt() {
        return Frames.of(site);
    }

    public boolean isThread() {
        return kind == Kind.THREAD;
    }

    /// An executor that may have been shut down already, as far as its threads show: all are at work, or one waits for
    /// the time of a delayed task, which runs also after a shutdown.
    public boolean mayBeShutDown() {
        if (kind != Kind.EXECUTOR || threads.isEmpty()) {
            return false;
        }
        return threads.stream().anyMatch(LeakedThread::waitsForDelayedTask)
                || threads.stream().noneMatch(LeakedThread::isIdle);
    }

    public boolean isVirtual() {
        return !threads.isEmpty() && threads.stream().allMatch(LeakedThread::virtual);
    }

    /// Threads of their own of which only the first were counted.
    public boolean isLowerBound() {
        return isSampled && threads.getFirst().state().isEmpty();
    }

    /// All frames of its start and of what its threads do now.
    public Stream<StackTraceElement> stacks() {
        return Stream.concat(site.stream(), threads.stream().flatMap(thread -> thread.stack().stream()));
    }

    public List<String> names() {
        return threads.stream()
                .map(LeakedThread::name)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    public boolean keepsJvmAlive() {
        return threads.stream().anyMatch(LeakedThread::keepsJvmAlive);
    }
}
