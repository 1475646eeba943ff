package io.jobtree.scheduler.synctest.agent;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A yield point before each access to what threads may share.
final class UserPoints {
    private static final MethodTypeDesc POINT = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

    /// Of java.util, what holds no state that threads share.
    private static final Set<String> STATELESS =
            Set.of("java/util/Objects", "java/util/Optional", "java/util/UUID", "java/util/Locale");

    /// What one thread does to another, or asks of it.
    private static final Set<String> INTERACTIONS = Set.of("interrupt", "interrupted", "isInterrupted", "isAlive");

    private UserPoints() {}

    static CodeTransform inMethod(ClassModel type, MethodModel method, int packageId, Set<String> finals) {
        String name = method.methodName().stringValue();
        if (name.equals("<clinit>")) {
            return new InInitializer();
        }
        if (name.equals("<init>") || name.startsWith("$")) {
            return CodeTransform.ACCEPT_ALL;
        }
        String owner = type.thisClass().asInternalName();
        return (code, element) -> {
            if (isShared(element, owner, finals)) {
                code.loadConstant(packageId).invokestatic(JdkClocks.HOOKS, "point", POINT);
            }
            code.with(element);
        };
    }

    private static boolean isShared(CodeElement element, String owner, Set<String> finals) {
        return switch (element) {
            case FieldInstruction field -> isShared(field, owner, finals);
            // A monitor's end is no point: the next access of the thread is one.
            case MonitorInstruction monitor -> monitor.opcode() == Opcode.MONITORENTER;
            // Coverage tools store into arrays of boolean.
            case ArrayStoreInstruction store ->
                store.typeKind() != TypeKind.BYTE && store.typeKind() != TypeKind.BOOLEAN;
            case InvokeInstruction call ->
                isShared(call.owner().asInternalName(), call.name().stringValue(), owner);
            default -> false;
        };
    }

    private static boolean isShared(FieldInstruction field, String owner, Set<String> finals) {
        boolean read = field.opcode() == Opcode.GETFIELD || field.opcode() == Opcode.GETSTATIC;
        boolean constant = read
                && field.owner().asInternalName().equals(owner)
                && finals.contains(field.name().stringValue());
        return !constant && !field.name().stringValue().startsWith("$");
    }

    /// A call in the class's own package may enter a synchronized method, or follow one.
    private static boolean isShared(String callee, String method, String owner) {
        if (method.equals("<init>") || method.startsWith("$") || method.startsWith("lambda$")) {
            return false;
        }
        if (callee.equals("java/lang/Thread")) {
            return INTERACTIONS.contains(method);
        }
        if (callee.startsWith("java/util/")) {
            return !callee.startsWith("java/util/function/")
                    && !callee.startsWith("java/util/stream/")
                    && !STATELESS.contains(callee);
        }
        return callee.equals("java/lang/invoke/VarHandle") || packageOf(callee).equals(packageOf(owner));
    }

    private static String packageOf(String type) {
        return type.substring(0, type.lastIndexOf('/') + 1);
    }

    /// A thread in a class initializer cannot yield, and the second run of a schedule has none: no draws there.
    private static final class InInitializer implements CodeTransform {
        private @Nullable Label start;

        @Override
        public void atStart(CodeBuilder code) {
            code.invokestatic(JdkClocks.HOOKS, "initializerEntered", NOTHING);
            start = code.newBoundLabel();
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (element instanceof ReturnInstruction) {
                code.invokestatic(JdkClocks.HOOKS, "initializerLeft", NOTHING);
            }
            code.with(element);
        }

        @Override
        public void atEnd(CodeBuilder code) {
            Label end = code.newBoundLabel();
            code.invokestatic(JdkClocks.HOOKS, "initializerLeft", NOTHING).athrow();
            code.exceptionCatchAll(Objects.requireNonNull(start), end, end);
        }
    }
}
