package io.jobtree.proof.agent;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.Set;
import java.util.stream.Collectors;

/// Puts a call of [Delay#point] before and after each atomic step, and before each access of a volatile field.
final class DelayPoints implements CodeTransform {
    private static final ClassDesc DELAY = ClassDesc.of("io.jobtree.proof.agent.Delay");
    private static final MethodTypeDesc POINT = MethodTypeDesc.of(ConstantDescs.CD_void);

    private final String owner;
    private final Set<String> volatiles;

    private DelayPoints(String owner, Set<String> volatiles) {
        this.owner = owner;
        this.volatiles = volatiles;
    }

    static CodeTransform in(ClassModel type) {
        var volatiles = type.fields().stream()
                .filter(field -> field.flags().has(AccessFlag.VOLATILE))
                .map(field -> field.fieldName().stringValue())
                .collect(Collectors.toSet());
        return new DelayPoints(type.thisClass().asInternalName(), volatiles);
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
        boolean atomic = element instanceof InvokeInstruction call
                && isAtomic(call.owner().asInternalName());
        boolean volatileAccess = element instanceof FieldInstruction access
                && access.owner().asInternalName().equals(owner)
                && volatiles.contains(access.name().stringValue());
        if (atomic || volatileAccess) {
            code.invokestatic(DELAY, "point", POINT);
        }
        code.with(element);
        if (atomic) {
            code.invokestatic(DELAY, "point", POINT);
        }
    }

    private static boolean isAtomic(String owner) {
        return owner.equals("java/lang/invoke/VarHandle")
                || owner.startsWith("java/util/concurrent/atomic/")
                || owner.equals("java/util/concurrent/locks/LockSupport");
    }
}
