package io.jobtree.scheduler.junit5.threads;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The classes whose static members the code on a stack has used up to where it stands, as its class files say.
///
/// A test that calls `Clients.POOL.submit(…)` starts a thread of a pool that `Clients` holds, though that class is
/// nowhere on the stack.
final class StaticUses {
    private static final int MAX_FRAMES = 20;

    private final Set<String> classes = new LinkedHashSet<>();

    private StaticUses() {}

    /// The names of the classes, in the order of the stack.
    static Set<String> of(List<StackTraceElement> stack, @Nullable ClassLoader loader) {
        var uses = new StaticUses();
        if (loader != null) {
            stack.stream().limit(MAX_FRAMES).forEach(frame -> uses.add(frame, loader));
        }
        return uses.classes;
    }

    private void add(StackTraceElement frame, ClassLoader loader) {
        String resource = frame.getClassName().replace('.', '/') + ".class";
        try (InputStream file = loader.getResourceAsStream(resource)) {
            if (file != null) {
                add(frame, ClassFile.of().parse(file.readAllBytes()));
            }
        } catch (IOException | IllegalArgumentException e) {
            return; // it cannot be read: then it is not searched
        }
    }

    private void add(StackTraceElement frame, ClassModel type) {
        for (MethodModel method : type.methods()) {
            if (method.methodName().equalsString(frame.getMethodName())) {
                method.code().ifPresent(code -> add(frame.getLineNumber(), code));
            }
        }
    }

    private void add(int lastLine, CodeModel code) {
        for (CodeElement element : code) {
            switch (element) {
                case LineNumber number -> {
                    if (lastLine >= 0 && number.line() > lastLine) {
                        return;
                    }
                }
                case FieldInstruction field when field.opcode() == Opcode.GETSTATIC -> classes.add(name(field.owner()));
                case InvokeInstruction call
                when call.opcode() == Opcode.INVOKESTATIC -> classes.add(name(call.owner()));
                default -> {}
            }
        }
    }

    private static String name(ClassEntry type) {
        return type.asInternalName().replace('/', '.');
    }
}
