package io.jobtree.scheduler.junit5.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.find.Site;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KnownThreadsTest {
    private static boolean isKnown(String name, String... stack) {
        Throwable start = new Throwable();
        start.setStackTrace(List.of(stack).stream()
                .map(frame -> {
                    int dot = frame.lastIndexOf('.');
                    return new StackTraceElement(frame.substring(0, dot), frame.substring(dot + 1), "Some.java", 7);
                })
                .toArray(StackTraceElement[]::new));
        var thread = Thread.ofPlatform().name(name).unstarted(() -> {});
        var member = new Member(thread.threadId(), thread, null, null, new Site(start));
        return KnownThreads.isKnown(member);
    }

    /// As it is seen without the agent: where the thread is made, by the library's own factory.
    @Test
    void workerThatALibrarysFactoryMade_isKnownByItsName() {
        String[] stack = {
            "java.lang.Thread.<init>",
            "io.reactivex.rxjava3.internal.schedulers.RxThreadFactory.newThread",
            "java.util.concurrent.ThreadPoolExecutor$Worker.<init>",
            "java.util.concurrent.ThreadPoolExecutor.addWorker",
            "java.util.concurrent.ThreadPoolExecutor.ensurePrestart",
            "io.reactivex.rxjava3.internal.schedulers.NewThreadWorker.<init>",
            "shop.Orders.load"
        };
        assertThat(isKnown("RxComputationThreadPool-1", stack)).isTrue();
        assertThat(isKnown("orders-1", stack)).isFalse();
    }

    @Test
    void threadThatTheUserMade_isNotKnownByItsName() {
        assertThat(isKnown("OkHttp Dispatcher", "java.lang.Thread.<init>", "shop.Orders.poll", "shop.OrdersTest.polls"))
                .isFalse();
    }

    /// Each `MockWebServer` has a runner of its own.
    @Test
    void okHttpsRunner_isKnownWhereItIsTheSharedOne() {
        String[] stack = {
            "java.lang.Thread.<init>",
            "okhttp3.internal.Util.threadFactory$lambda$1",
            "java.util.concurrent.ThreadPoolExecutor$Worker.<init>",
            "java.util.concurrent.ThreadPoolExecutor.addWorker",
            "java.util.concurrent.ThreadPoolExecutor.execute",
            "okhttp3.internal.concurrent.TaskRunner$RealBackend.execute",
            "okhttp3.internal.concurrent.TaskRunner.kickCoordinator$okhttp",
            "shop.OrdersTest.loads"
        };
        assertThat(isKnown("OkHttp TaskRunner", stack)).isTrue();
        assertThat(isKnown("MockWebServer TaskRunner", stack)).isFalse();
    }
}
