package io.jobtree.proof.agent;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;

/// Puts a call of [Fault#point] before whatever may throw: allocations, calls of the JDK or of a user's code, calls
/// inside the engine.
final class FaultPoints implements CodeTransform {
    private static final ClassDesc FAULT = ClassDesc.of("io.jobtree.proof.agent.Fault");
    private static final MethodTypeDesc POINT =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int, ConstantDescs.CD_String);

    /// Neither allocate nor throw; most are one instruction. The JDK keeps an `unpark` going where memory runs out.
    private static final Set<String> SAFE_CLASSES = Set.of(
            "java/lang/invoke/VarHandle",
            "java/util/concurrent/locks/LockSupport",
            "java/util/concurrent/atomic/AtomicInteger",
            "java/util/concurrent/atomic/AtomicLong",
            "java/util/Objects",
            "java/lang/Math",
            "java/lang/Integer",
            "java/lang/Long");

    private static final Set<String> SAFE_METHODS = Set.of(
            "java/lang/Thread.currentThread",
            "java/lang/Thread.interrupt",
            "java/lang/Thread.interrupted",
            "java/lang/Thread.isInterrupted",
            "java/lang/Thread.isVirtual",
            "java/lang/Thread.onSpinWait",
            "java/lang/System.nanoTime",
            "java/lang/Object.<init>",
            "java/lang/Object.getClass",
            "java/lang/Runnable.run",
            "java/util/function/Consumer.accept",
            "java/util/List.get",
            "java/util/List.size",
            "java/util/Set.remove",
            "java/util/concurrent/ConcurrentHashMap.remove",
            "java/util/concurrent/locks/ReentrantLock.unlock",
            "java/util/concurrent/CountDownLatch.countDown");

    /// What users write, and what may call what they write.
    private static final Set<String> USER_CLASSES = Set.of(
            "io/jobtree/scheduler/JobAction",
            "io/jobtree/scheduler/JobBody",
            "io/jobtree/scheduler/JobObserver",
            "io/jobtree/scheduler/JobObservation",
            "io/jobtree/scheduler/FailureHandler",
            "java/util/concurrent/Callable");

    private static final Set<String> USER_METHODS =
            Set.of("java/lang/Thread.start", "java/lang/invoke/MethodHandle.invokeExact");

    private final String where;
    private int line;

    private FaultPoints(String where) {
        this.where = where;
    }

    static CodeTransform in(String where) {
        return CodeTransform.ofStateful(() -> new FaultPoints(where));
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
        if (element instanceof LineNumber number) {
            line = number.line();
        }
        int kind = kind(element);
        if (kind != 0) {
            code.loadConstant(kind).loadConstant(where + ':' + line).invokestatic(FAULT, "point", POINT);
        }
        code.with(element);
    }

    private static int kind(CodeElement element) {
        return switch (element) {
            case NewObjectInstruction _,
                    NewReferenceArrayInstruction _,
                    NewPrimitiveArrayInstruction _,
                    NewMultiArrayInstruction _,
                    InvokeDynamicInstruction _ -> Fault.ALLOCATION;
            case InvokeInstruction call ->
                kind(call.owner().asInternalName(), call.name().stringValue());
            default -> 0;
        };
    }

    private static int kind(String owner, String method) {
        var name = owner + '.' + method;
        if (USER_CLASSES.contains(owner) || USER_METHODS.contains(name)) {
            return Fault.OUTER_CALL | Fault.USER_CALL;
        }
        if (owner.startsWith("io/jobtree/scheduler/")) {
            return 0;
        }
        return SAFE_CLASSES.contains(owner) || SAFE_METHODS.contains(name) ? 0 : Fault.OUTER_CALL;
    }
}
