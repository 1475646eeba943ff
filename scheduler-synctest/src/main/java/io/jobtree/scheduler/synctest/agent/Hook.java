package io.jobtree.scheduler.synctest.agent;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;

/// A method of the JDK, and what of the runtime is called in it.
///
/// @param descriptor how the method's parameters begin; empty for every overload
record Hook(String type, String method, String descriptor, Kind kind, String name) {
    private static final String POOL = "java/util/concurrent/ThreadPoolExecutor";
    private static final String SCHEDULED = "java/util/concurrent/ScheduledThreadPoolExecutor";
    private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

    enum Kind {
        /// Called first, with nothing.
        BEFORE,
        /// Called first, with the receiver or first argument.
        BEFORE_WITH_FIRST,
        /// Called before each return, with nothing.
        AFTER,
        /// Called before each return, with the receiver.
        AFTER_WITH_THIS,
        /// In a bubble called instead, with receiver and arguments.
        INSTEAD,
        /// In a bubble called instead, with receiver and arguments, where the receiver is not the bubble's own.
        INSTEAD_IF_FOREIGN,
        /// In a bubble the method returns false.
        FALSE,
        /// Called with the thread that a factory has made, and who asked for it; returns the one to take.
        WORKER
    }

    static boolean hasHttpClient() {
        return ModuleLayer.boot().findModule("java.net.http").isPresent();
    }

    static List<Hook> all() {
        List<Hook> hooks = new ArrayList<>(threads());
        hooks.addAll(replaced());
        hooks.addAll(exits());
        if (hasHttpClient()) {
            String client = "jdk/internal/net/http/HttpClientImpl";
            hooks.add(new Hook(client, "create", "", Kind.BEFORE, "httpClient"));
            hooks.add(new Hook(client, "send", "", Kind.BEFORE, "httpClient"));
            hooks.add(new Hook(client, "sendAsync", "", Kind.BEFORE, "httpClient"));
        }
        return hooks;
    }

    private static List<Hook> threads() {
        String virtual = "java/lang/VirtualThread";
        String thread = "java/lang/Thread";
        return List.of(
                new Hook(virtual, "start", "(Ljdk", Kind.BEFORE_WITH_FIRST, "threadStarting"),
                new Hook(virtual, "compareAndSetOnWaitingList", "", Kind.BEFORE, "unblockerTakes"),
                new Hook(virtual, "unblock", "", Kind.AFTER, "unblockerSubmitted"),
                new Hook(virtual, "parkOnCarrierThread", "", Kind.BEFORE, "pinned"),
                new Hook("java/lang/Object", "wait", "(J)", Kind.BEFORE_WITH_FIRST, "waiting"),
                new Hook(thread, "start", "", Kind.BEFORE_WITH_FIRST, "platformThreadStarting"),
                new Hook(thread, "join", "(J)", Kind.BEFORE_WITH_FIRST, "joining"),
                new Hook(thread, "join", "(Ljava/time/Duration;)", Kind.BEFORE_WITH_FIRST, "joining"),
                new Hook("java/util/concurrent/locks/LockSupport", "unpark", "", Kind.BEFORE_WITH_FIRST, "unparking"));
    }

    private static List<Hook> replaced() {
        String future = "java/util/concurrent/CompletableFuture";
        String pool = "java/util/concurrent/ForkJoinPool";
        return List.of(
                new Hook(future, "orTimeout", "", Kind.INSTEAD, "orTimeout"),
                new Hook(future, "completeOnTimeout", "", Kind.INSTEAD, "completeOnTimeout"),
                new Hook(future, "delayedExecutor", "", Kind.INSTEAD, "delayedExecutor"),
                new Hook(pool, "schedule", "", Kind.INSTEAD, "schedule"),
                new Hook(pool, "scheduleAtFixedRate", "", Kind.INSTEAD, "scheduleAtFixedRate"),
                new Hook(pool, "scheduleWithFixedDelay", "", Kind.INSTEAD, "scheduleWithFixedDelay"),
                new Hook(
                        "java/util/concurrent/Executors$DefaultThreadFactory",
                        "newThread",
                        "",
                        Kind.INSTEAD,
                        "poolThread"),
                new Hook(SCHEDULED, "schedule", "", Kind.INSTEAD_IF_FOREIGN, "schedule"),
                new Hook(SCHEDULED, "scheduleAtFixedRate", "", Kind.INSTEAD_IF_FOREIGN, "scheduleAtFixedRate"),
                new Hook(SCHEDULED, "scheduleWithFixedDelay", "", Kind.INSTEAD_IF_FOREIGN, "scheduleWithFixedDelay"),
                new Hook(POOL, "addWorker", "", Kind.INSTEAD_IF_FOREIGN, "addWorker"),
                new Hook(POOL + "$Worker", "<init>", "", Kind.WORKER, "workerThread"),
                new Hook("java/util/concurrent/ThreadLocalRandom", "nextSeed", "", Kind.INSTEAD, "nextSeed"),
                new Hook("java/util/stream/AbstractPipeline", "isParallel", "", Kind.FALSE, ""));
    }

    private static List<Hook> exits() {
        return List.of(
                new Hook("sun/nio/ch/Net", "socket", "(Ljava/net/ProtocolFamily;Z)", Kind.BEFORE, "socket"),
                new Hook("sun/nio/ch/Net", "serverSocket", "(Ljava/net/ProtocolFamily;)", Kind.BEFORE, "socket"),
                new Hook("sun/nio/ch/Poller", "poll", "(IIJ", Kind.BEFORE, "socket"),
                new Hook("sun/nio/ch/SelectorImpl", "lockAndDoSelect", "", Kind.BEFORE, "socket"),
                new Hook("sun/nio/ch/UnixDomainSockets", "socket", "", Kind.BEFORE, "socket"),
                new Hook(
                        POOL,
                        "<init>",
                        "(IIJLjava/util/concurrent/TimeUnit;Ljava/util/concurrent/BlockingQueue;"
                                + "Ljava/util/concurrent/ThreadFactory;Ljava/util/concurrent/Rej",
                        Kind.AFTER_WITH_THIS,
                        "poolCreated"),
                new Hook(POOL, "execute", "", Kind.BEFORE_WITH_FIRST, "poolUsed"),
                new Hook("java/util/Timer", "sched", "", Kind.BEFORE, "timer"),
                new Hook("java/lang/ProcessBuilder", "start", "", Kind.BEFORE, "process"),
                new Hook("java/lang/ProcessImpl", "waitFor", "", Kind.BEFORE, "process"),
                new Hook("java/lang/ProcessImpl", "getInputStream", "", Kind.BEFORE, "process"),
                new Hook("java/lang/ProcessImpl", "getErrorStream", "", Kind.BEFORE, "process"),
                new Hook("java/lang/ProcessHandleImpl", "completion", "", Kind.BEFORE, "process"),
                new Hook("sun/nio/fs/AbstractWatchService", "take", "", Kind.BEFORE, "fileWatch"),
                new Hook("sun/nio/fs/AbstractWatchService", "poll", "(J", Kind.BEFORE, "fileWatch"),
                new Hook("java/util/concurrent/ForkJoinTask", "fork", "", Kind.BEFORE, "fork"),
                new Hook("java/util/concurrent/ForkJoinPool", "poolSubmit", "", Kind.BEFORE_WITH_FIRST, "forkJoin"));
    }

    /// Where Jobtree's engine starts platform threads of its own, which do nothing in real time, and its timers.
    static List<Hook> ofJobtree() {
        return List.of(
                new Hook("io/jobtree/scheduler/platform/Threads", "onDaemon", "", Kind.INSTEAD, "onDaemon"),
                new Hook("io/jobtree/scheduler/platform/Threads", "onOwnDaemon", "", Kind.INSTEAD, "onDaemon"),
                new Hook("io/jobtree/scheduler/platform/Timers", "after", "", Kind.INSTEAD, "after"));
    }

    boolean isFor(MethodModel candidate) {
        return candidate.methodName().equalsString(method)
                && candidate.methodType().stringValue().startsWith(descriptor);
    }

    CodeTransform code(MethodModel target) {
        if (kind == Kind.AFTER || kind == Kind.AFTER_WITH_THIS) {
            return (code, element) -> {
                if (element instanceof ReturnInstruction) {
                    leave(code);
                }
                code.with(element);
            };
        }
        if (kind == Kind.WORKER) {
            return Hook::chooseThread;
        }
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder code) {
                enter(code, target);
            }

            @Override
            public void accept(CodeBuilder code, CodeElement element) {
                code.with(element);
            }
        };
    }

    private static void chooseThread(CodeBuilder code, CodeElement element) {
        code.with(element);
        if (element instanceof InvokeInstruction call && call.name().equalsString("newThread")) {
            ClassDesc thread = ClassDesc.of("java.lang.Thread");
            code.aload(0)
                    .invokestatic(
                            JdkClocks.HOOKS,
                            "workerThread",
                            MethodTypeDesc.of(thread, thread, ClassDesc.of("java.lang.Runnable")));
        }
    }

    private void leave(CodeBuilder code) {
        if (kind == Kind.AFTER) {
            code.invokestatic(JdkClocks.HOOKS, name, NOTHING);
        } else {
            code.aload(0).invokestatic(JdkClocks.HOOKS, name, with(ClassDesc.ofInternalName(type)));
        }
    }

    /// The type that the hook declares: that of the family, for its members.
    private static ClassDesc declared(ClassDesc type) {
        return switch (type.displayName()) {
            case "VirtualThread" -> ClassDesc.of("java.lang.Thread");
            case "ScheduledThreadPoolExecutor" -> ClassDesc.ofInternalName(POOL);
            default -> type;
        };
    }

    private static MethodTypeDesc with(ClassDesc first) {
        return MethodTypeDesc.of(ConstantDescs.CD_void, first);
    }

    private void enter(CodeBuilder code, MethodModel target) {
        boolean isStatic = target.flags().has(AccessFlag.STATIC);
        MethodTypeDesc descriptor = target.methodTypeSymbol();
        ClassDesc owner = ClassDesc.ofInternalName(type);
        switch (kind) {
            case BEFORE -> code.invokestatic(JdkClocks.HOOKS, name, NOTHING);
            case BEFORE_WITH_FIRST -> {
                ClassDesc first = isStatic ? descriptor.parameterType(0) : owner;
                code.aload(0).invokestatic(JdkClocks.HOOKS, name, with(declared(first)));
            }
            case FALSE -> inBubble(code, block -> block.iconst_0().ireturn());
            case INSTEAD -> inBubble(code, block -> callInstead(block, isStatic, descriptor));
            case INSTEAD_IF_FOREIGN ->
                code.aload(0)
                        .invokestatic(
                                JdkClocks.HOOKS,
                                "isForeign",
                                MethodTypeDesc.of(ConstantDescs.CD_boolean, ClassDesc.ofInternalName(POOL)))
                        .ifThen(block -> callInstead(block, isStatic, descriptor));
            case AFTER, AFTER_WITH_THIS, WORKER -> throw new IllegalStateException();
        }
    }

    private void callInstead(CodeBuilder.BlockCodeBuilder block, boolean isStatic, MethodTypeDesc descriptor) {
        ClassDesc owner = name.equals("poolThread") ? ConstantDescs.CD_Object : ClassDesc.ofInternalName(type);
        MethodTypeDesc called = isStatic ? descriptor : descriptor.insertParameterTypes(0, owner);
        int slot = 0;
        for (ClassDesc parameter : called.parameterList()) {
            TypeKind parameterKind = TypeKind.from(parameter);
            block.loadLocal(parameterKind, slot);
            slot += parameterKind.slotSize();
        }
        block.invokestatic(JdkClocks.HOOKS, name, called).return_(TypeKind.from(descriptor.returnType()));
    }

    private static void inBubble(CodeBuilder code, java.util.function.Consumer<CodeBuilder.BlockCodeBuilder> block) {
        code.invokestatic(JdkClocks.HOOKS, "inBubble", MethodTypeDesc.of(ConstantDescs.CD_boolean))
                .ifThen(block);
    }
}
