package io.jobtree.scheduler.junit5.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FramesTest {
    private static StackTraceElement frame(String type, String method) {
        return new StackTraceElement(type, method, "Some.java", 7);
    }

    @Test
    void of_keepsTheUsersFrames_andWhatTheInnermostCalled() {
        var call = frame("io.jobtree.scheduler.engine.JobImpl", "join");
        var user = frame("shop.Orders", "lambda$refund$0");
        var test = frame("shop.OrdersTest", "refund");
        var frames = Frames.of(List.of(
                frame("java.util.concurrent.locks.LockSupport", "park"),
                call,
                user,
                frame("org.assertj.core.api.ThrowableAssert", "catchThrowable"),
                frame("org.awaitility.core.ConditionFactory", "until"),
                frame("org.mockito.Answers", "answer"),
                test,
                frame("org.junit.jupiter.engine.Launcher", "execute")));
        assertThat(frames.user()).containsExactly(user, test);
        assertThat(frames.called()).isEqualTo(call);
        assertThat(frames.folded()).isEqualTo(6);
    }

    @Test
    void whatIsOutsideOfJUnit_isNotTheUsers() {
        var test = frame("shop.OrdersTest", "refund");
        var stack = List.of(
                frame("java.lang.Thread", "start"),
                test,
                frame("org.junit.platform.launcher.core.DefaultLauncher", "execute"),
                frame("worker.org.gradle.process.internal.worker.GradleWorkerMain", "run"),
                frame("com.example.Run", "main"));
        assertThat(Frames.of(stack).user()).containsExactly(test);
        assertThat(Frames.fromUsers(stack)).containsExactly(test);
        var ofJUnit = stack.subList(2, stack.size());
        assertThat(Frames.of(ofJUnit).user()).isEmpty();
        assertThat(Frames.fromUsers(ofJUnit)).isEqualTo(ofJUnit);
    }

    @Test
    void shortMethod_namesWhatAReaderKnows() {
        assertThat(Frames.shortMethod(frame("io.jobtree.scheduler.engine.JobImpl", "join")))
                .isEqualTo("Job.join");
        assertThat(Frames.shortMethod(frame("shop.JobImpl", "join"))).isEqualTo("JobImpl.join");
        assertThat(Frames.shortMethod(frame("shop.Orders", "lambda$refund$0"))).isEqualTo("Orders.refund");
        assertThat(Frames.shortMethod(frame("shop.Orders", "lambda$static$0"))).isEqualTo("Orders.<clinit>");
        assertThat(Frames.shortMethod(frame("shop.Orders", "lambda$new$0"))).isEqualTo("Orders.<init>");
    }

    @Test
    void fromUsers_isWithoutWhatRunsTheTest() {
        var user = frame("shop.Orders", "refund");
        var stream = frame("java.util.stream.ReferencePipeline", "forEach");
        var test = frame("shop.OrdersTest", "refund");
        assertThat(Frames.fromUsers(List.of(
                        frame("java.lang.Thread", "start"),
                        user,
                        stream,
                        test,
                        frame("java.lang.reflect.Method", "invoke"),
                        frame("org.junit.jupiter.engine.Launcher", "execute"),
                        stream)))
                .containsExactly(user, stream, test);
    }
}
