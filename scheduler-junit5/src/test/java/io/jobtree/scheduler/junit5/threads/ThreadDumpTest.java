package io.jobtree.scheduler.junit5.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.CapturedLog;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.threads.ThreadDump.Container;
import io.jobtree.scheduler.junit5.threads.ThreadDump.DumpedThread;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class ThreadDumpTest {
    @Test
    void take_seesAVirtualThreadWithItsStack() throws InterruptedException {
        var over = new CountDownLatch(1);
        Thread thread = Thread.ofVirtual().name("seen").start(() -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
        ThreadDump dump = Awaitility.await().until(new QuietMoment()::dump, Objects::nonNull);
        DumpedThread seen = dump.containers().stream()
                .flatMap(container -> container.threads().stream())
                .filter(dumped -> dumped.id() == thread.threadId())
                .findFirst()
                .orElseThrow();
        over.countDown();
        thread.join();
        assertThat(seen.name()).isEqualTo("seen");
        assertThat(seen.virtual()).isTrue();
        assertThat(seen.state()).isEqualTo("WAITING");
        assertThat(seen.blocker()).startsWith("CountDownLatch$Sync");
        assertThat(seen.stack()).anySatisfy(frame -> {
            assertThat(frame.getClassName()).isEqualTo("java.util.concurrent.CountDownLatch");
            assertThat(frame.getMethodName()).isEqualTo("await");
            assertThat(frame.getFileName()).isEqualTo("CountDownLatch.java");
            assertThat(frame.getLineNumber()).isPositive();
        });
    }

    @Test
    void take_isNull_whileTheJdkCannotWriteAName() throws InterruptedException {
        var over = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().name("red\u001b[31m").start(() -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ThreadDump dump;
        try (var log = new CapturedLog()) {
            dump = ThreadDump.take();
            assertThat(log.text()).isIn("", ThreadDump.NO_DUMP);
        }
        over.countDown();
        thread.join();
        assertThat(dump).isNull();
    }

    /// As JDK 21 to 24 wrote it: numbers where there are strings now, no state, no blocker.
    @Test
    void parse_forgivesAnotherShape() {
        ThreadDump dump = ThreadDump.parse("""
                {"threadDump": {"processId": 1, "threadContainers": [
                  {"container": "<root>", "parent": null, "owner": null, "threads": [
                    {"tid": 7, "name": "", "virtual": true, "blockedOn": "a.b.Lock@1", "stack": [
                      "app//a.B.c(B.java:5)", "java.base/a.D.e(Native Method)", "a.F.g(Unknown Source)", "odd"]}]},
                  {"container": "mine/jdk.internal.misc.ThreadFlock$ThreadContainerImpl@1", "owner": 7}
                ]}}
                """);
        Container root = dump.containers().getFirst();
        assertThat(root.isRoot()).isTrue();
        DumpedThread thread = root.threads().getFirst();
        assertThat(thread.id()).isEqualTo(7);
        assertThat(thread.blocker()).isEqualTo("Lock@1");
        assertThat(thread.stack().stream().map(Frames::link))
                .containsExactly(
                        "a.B.c(B.java:5)", "a.D.e(Native Method)", "a.F.g(Unknown Source)", ".odd(Unknown Source)");
        Container scope = dump.containers().getLast();
        assertThat(scope.owner()).isEqualTo(7);
        assertThat(scope.isTaskScope()).isTrue();
        assertThat(scope.type()).isEqualTo("StructuredTaskScope 'mine'");
    }

    @Test
    void parse_ofSomethingElse_isEmpty() {
        assertThat(ThreadDump.parse("[1]").containers()).isEqualTo(List.of());
        assertThat(ThreadDump.parse("").containers()).isEqualTo(List.of());
    }
}
