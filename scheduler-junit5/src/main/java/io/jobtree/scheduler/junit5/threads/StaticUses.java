package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.find.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The classes whose static members the code on a stack has used up to where it stands, as its class files say, and
/// those that the static methods use which it has called; and the same of what a test class does before its tests.
///
/// A test that calls `Clients.POOL.submit(…)` starts a thread of a pool that `Clients` holds, though that class is
/// nowhere on the stack. So does one that calls `Clients.instance().submit(…)`, where the instance is in a class nested
/// in `Clients`.
final class StaticUses {
    private static final int MAX_FRAMES = 20;

    /// How deep static methods are followed, and into how many.
    private static final int MAX_DEPTH = 2;

    private static final int MAX_METHODS = 60;

    private static final Set<String> SET_UP =
            Set.of("Lorg/junit/jupiter/api/BeforeAll;", "Lorg/junit/jupiter/api/BeforeEach;");

    private final ClassLoader loader;
    private final Set<String> classes = new LinkedHashSet<>();
    private final Map<String, Optional<ClassModel>> files = new HashMap<>();
    private final Set<String> followed = new HashSet<>();

    private StaticUses(ClassLoader loader) {
        this.loader = loader;
    }

    /// The names of the classes, in the order of the stack; then what the test classes may have used before.
    ///
    /// @param tests their names
    static Set<String> of(List<StackTraceElement> stack, Collection<String> tests, @Nullable ClassLoader loader) {
        if (loader == null) {
            return Set.of();
        }
        var uses = new StaticUses(loader);
        stack.stream().limit(MAX_FRAMES).forEach(uses::add);
        tests.forEach(test -> uses.add(test, StaticUses::isSetUp, -1, 0));
        return uses.classes;
    }

    private static boolean isSetUp(MethodModel method) {
        return method.methodName().equalsString("<init>")
                || method.methodName().equalsString("<clinit>")
                || method.findAttribute(Attributes.runtimeVisibleAnnotations()).stream()
                        .flatMap(all -> all.annotations().stream())
                        .anyMatch(annotation ->
                                SET_UP.contains(annotation.className().stringValue()));
    }

    private void add(StackTraceElement frame) {
        add(
                frame.getClassName(),
                method -> method.methodName().equalsString(frame.getMethodName()),
                frame.getLineNumber(),
                0);
    }

    private void add(String className, Predicate<MethodModel> wanted, int lastLine, int depth) {
        Optional<ClassModel> file = files.computeIfAbsent(className, this::file);
        if (file.isEmpty()) {
            return;
        }
        for (MethodModel method : file.get().methods()) {
            if (wanted.test(method)) {
                method.code().ifPresent(code -> add(lastLine, code, depth));
            }
        }
    }

    /// Empty if it cannot be read: then it is not searched.
    private Optional<ClassModel> file(String className) {
        try (InputStream file = loader.getResourceAsStream(className.replace('.', '/') + ".class")) {
            return file == null ? Optional.empty() : Optional.of(ClassFile.of().parse(file.readAllBytes()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void add(int lastLine, CodeModel code, int depth) {
        for (CodeElement element : code) {
            switch (element) {
                case LineNumber number -> {
                    if (lastLine >= 0 && number.line() > lastLine) {
                        return;
                    }
                }
                case FieldInstruction field when field.opcode() == Opcode.GETSTATIC -> classes.add(name(field.owner()));
                case InvokeInstruction call when call.opcode() == Opcode.INVOKESTATIC -> addCalled(call, depth);
                default -> {}
            }
        }
    }

    private void addCalled(InvokeInstruction call, int depth) {
        String owner = name(call.owner());
        classes.add(owner);
        boolean isFollowed = depth < MAX_DEPTH
                && followed.size() < MAX_METHODS
                && Frames.isUsers(new StackTraceElement(owner, "", null, -1))
                && followed.add(owner + "." + call.name() + call.type());
        if (isFollowed) {
            add(
                    owner,
                    method -> method.methodName().equals(call.name())
                            && method.methodType().equals(call.type()),
                    -1,
                    depth + 1);
        }
    }

    private static String name(ClassEntry type) {
        return type.asInternalName().replace('/', '.');
    }
}
