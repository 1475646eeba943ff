package io.jobtree.scheduler.synctest.agent;

import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Which of the JDK's classes read a bubble's clock, and how.
final class JdkClocks {
    static final ClassDesc HOOKS = ClassDesc.of("io.jobtree.scheduler.synctest.runtime.Hooks");
    static final MethodTypeDesc TIME = MethodTypeDesc.of(ConstantDescs.CD_long);

    /// Loaded before the agent, as a rule; whatever comes later is rewritten as it is loaded.
    static final List<String> LOADED_EARLY = List.of(
            "java/lang/Thread",
            "java/lang/VirtualThread",
            "java/lang/ref/ReferenceQueue",
            "java/time/Clock",
            "java/util/Calendar",
            "java/util/Date",
            "java/util/GregorianCalendar",
            "java/util/Random",
            "java/util/concurrent/AbstractExecutorService",
            "java/util/concurrent/CompletableFuture",
            "java/util/concurrent/CompletableFuture$Signaller",
            "java/util/concurrent/Exchanger",
            "java/util/concurrent/ForkJoinPool",
            "java/util/concurrent/ForkJoinTask",
            "java/util/concurrent/FutureTask",
            "java/util/concurrent/LinkedTransferQueue",
            "java/util/concurrent/LinkedTransferQueue$DualNode",
            "java/util/concurrent/Phaser$QNode",
            "java/util/concurrent/ScheduledThreadPoolExecutor",
            "java/util/concurrent/SynchronousQueue",
            "java/util/concurrent/ThreadPerTaskExecutor",
            "java/util/concurrent/TimeUnit",
            "java/util/concurrent/locks/AbstractQueuedLongSynchronizer",
            "java/util/concurrent/locks/AbstractQueuedLongSynchronizer$ConditionObject",
            "java/util/concurrent/locks/AbstractQueuedSynchronizer",
            "java/util/concurrent/locks/AbstractQueuedSynchronizer$ConditionObject",
            "java/util/concurrent/locks/LockSupport",
            "java/util/concurrent/locks/StampedLock",
            "jdk/internal/misc/ThreadFlock",
            "sun/util/locale/provider/CalendarProviderImpl");

    private static final ClassDesc EXECUTOR = ClassDesc.of("java.util.concurrent.Executor");

    private JdkClocks() {}

    /// All of java.util.concurrent but what the JDK's own threads wait by.
    static boolean isRewritten(String name) {
        if (name.startsWith("java/util/concurrent/")) {
            return !name.contains("DelayScheduler") && !name.contains("ThreadLocalRandom");
        }
        return LOADED_EARLY.contains(name) || name.startsWith("java/time/Clock") || name.startsWith("java/util/");
    }

    /// Whether the class can read a clock at all: its constants hold the name.
    static boolean reads(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.contains("nanoTime")
                || text.contains("currentTimeMillis")
                || text.contains("getNanoTimeAdjustment");
    }

    static boolean isClock(InvokeInstruction call) {
        return call.owner().asInternalName().equals("java/lang/System")
                && (call.name().equalsString("nanoTime") || call.name().equalsString("currentTimeMillis"));
    }

    static CodeTransform inMethod(MethodModel method) {
        // Its timer is replaced as a whole, and needs the pool to be one.
        boolean async = !method.methodName().equalsString("arrangeTimeout");
        return (code, element) -> {
            if (element instanceof InvokeInstruction call && isClock(call)) {
                code.invokestatic(HOOKS, call.name().stringValue(), TIME);
            } else if (element instanceof InvokeInstruction call && call.name().equalsString("getNanoTimeAdjustment")) {
                code.dup2().with(element).dup2_x2().pop2();
                code.invokestatic(
                        HOOKS,
                        "nanoTimeAdjustment",
                        MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_long));
            } else if (async
                    && element instanceof FieldInstruction field
                    && field.opcode() == Opcode.GETSTATIC
                    && field.name().equalsString("ASYNC_POOL")) {
                code.with(element).invokestatic(HOOKS, "asyncPool", MethodTypeDesc.of(EXECUTOR, EXECUTOR));
            } else {
                code.with(element);
            }
        };
    }
}
