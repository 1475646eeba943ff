package io.jobtree.scheduler.synctest.runtime;

/// The ways out of a bubble: what each is called, and what to do instead.
enum Exit {
    PLATFORM_THREAD(
            "A platform thread",
            "platform threads live in real time: use Thread.ofVirtual(), an executor created in the bubble, or"
                    + " Bubble.outside(...)"),
    POOL(
            "An executor from outside of the bubble is used",
            "its threads live in real time: create it in the bubble, or use Bubble.outside(...)"),
    SOCKET(
            "A socket is used",
            "I/O takes real time: put a seam before it and a fake behind that, or use Bubble.outside(...)"),
    TIMER(
            "A java.util.Timer is used",
            "its thread lives in real time: use a ScheduledExecutorService, or Bubble.outside(...)"),
    HTTP_CLIENT(
            "A java.net.http.HttpClient is used",
            "its threads and sockets live in real time: put a seam before it and a fake behind that, or use"
                    + " Bubble.outside(...)"),
    FORK_JOIN(
            "A ForkJoinPool is used",
            "its workers live in real time: use CompletableFuture's async methods, an executor created in the bubble,"
                    + " or Bubble.outside(...)"),
    PROCESS(
            "A process is started or waited for",
            "it lives in real time: put a seam before it, or use Bubble.outside(...)"),
    FILE_WATCH(
            "A WatchService is waited for",
            "files change in real time: put a seam before it, or use Bubble.outside(...)"),
    PINNED(
            "A wait that cannot leave its carrier (in a class initializer, or below a native frame)",
            "initialize the class before the bubble, or use Bubble.outside(...)");

    final String text;
    final String advice;

    Exit(String text, String advice) {
        this.text = text;
        this.advice = advice;
    }
}
