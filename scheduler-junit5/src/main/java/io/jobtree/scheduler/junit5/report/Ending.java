package io.jobtree.scheduler.junit5.report;

import io.jobtree.scheduler.junit5.leak.LeakedThread;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import java.util.List;
import java.util.Objects;

/// What would end a thread or executor, in words.
///
/// @param words `{at}` stands for the place
record Ending(String words) {
    private static final String OF_CHANNEL_GROUP =
            "shut down the AsynchronousChannelGroup{at}: group.shutdownNow(); its channels end with it";

    /// Threads of the JDK's that something else ends, by a class in the stack of their start.
    private static final List<List<String>> OF_JDK = List.of(
            List.of("sun.net.httpserver.", "stop the HttpServer{at}: server.stop(0), and shut down its executor"),
            List.of(
                    "sun.nio.fs.",
                    "close the WatchService{at}: try (var watcher = fileSystem.newWatchService()) { … }"),
            List.of("sun.nio.ch.AsynchronousChannelGroupImpl", OF_CHANNEL_GROUP),
            List.of("java.util.concurrent.SubmissionPublisher", "close the SubmissionPublisher{at}"));

    static Ending of(ThreadLeak leak) {
        return new Ending(
                switch (leak.kind()) {
                    case EXECUTOR -> executor(leak);
                    case TASK_SCOPE ->
                        "close the StructuredTaskScope in the frame that opened it{at}:"
                                + " try (var scope = StructuredTaskScope.open()) { … }";
                    case TIMER -> "cancel the timer{at}: timer.cancel() ends its thread";
                    case HTTP_CLIENT ->
                        "close the client{at}: try (var client = HttpClient.newHttpClient()) { … };"
                                + " it also ends when nothing refers to it and its requests are done";
                    case CLEANER ->
                        "let go of the Cleaner{at}, and of all that it cleans: then its thread ends; or keep one for the"
                                + " whole process in a static final field";
                    default -> thread(leak);
                });
    }

    private static String executor(ThreadLeak leak) {
        if (leak.names().stream().anyMatch(name -> name.startsWith("junit-timeout-thread"))) {
            return "let the code that ran out of time{at} heed interruption: JUnit has interrupted it, and does not wait"
                    + " for its end";
        }
        if (leak.site().stream()
                .anyMatch(frame -> frame.getClassName().equals("java.nio.channels.AsynchronousChannelGroup"))) {
            return OF_CHANNEL_GROUP;
        }
        if (Boolean.TRUE.equals(leak.isShutDown())) {
            return "wait for the tasks of the executor{at}: awaitTermination after shutdown; if they do not end, shutdownNow()"
                    + " interrupts them, and they must heed that";
        }
        if (leak.type().equals("ThreadPerTaskExecutor")) {
            return "close the executor{at}: try (var executor = Executors.newVirtualThreadPerTaskExecutor()) { … }";
        }
        return "close the executor{at}: executor.close() in the clean-up, or shutdownNow(); an object that opens one"
                + " needs a close() of its own"
                + (leak.isShutDown() == null && leak.mayBeShutDown() ? "; " + ifCalled(leak) : "");
    }

    private static String ifCalled(ThreadLeak leak) {
        return leak.threads().stream().anyMatch(LeakedThread::waitsForDelayedTask)
                ? "after shutdown() its delayed tasks still run, and keep it: shutdownNow() drops them"
                : "if that was called, wait for its tasks with awaitTermination, and let them heed interruption";
    }

    private static String thread(ThreadLeak leak) {
        for (List<String> known : OF_JDK) {
            if (leak.stacks().anyMatch(frame -> frame.getClassName().startsWith(known.getFirst()))) {
                return known.getLast();
            }
        }
        if (isStartedByAnObject(leak)) {
            return "stop what started the thread{at}: its close(), stop() or shutdown(), in the clean-up; if it has"
                    + " none, it needs one that ends and joins its threads";
        }
        return leak.isVirtual()
                ? "join or interrupt the thread{at} before the test is over, or spawn a job instead: its scheduler"
                        + " waits for it"
                : "end the thread{at} and join() it before the test is over";
    }

    /// Other code than that which called it has started the thread.
    private static boolean isStartedByAnObject(ThreadLeak leak) {
        List<StackTraceElement> user = leak.madeAt().user();
        return !user.isEmpty()
                && !Objects.equals(user.getFirst().getFileName(), user.getLast().getFileName());
    }
}
