package io.jobtree.scheduler.junit5.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where the JDK makes threads, executors and task scopes, and how each place is made to call the hook.
final class Hooks {
    private static final ClassDesc HOOK = ClassDesc.of("io.jobtree.scheduler.junit5.hook.Creations");
    private static final MethodTypeDesc CREATED =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_Object);
    private static final MethodTypeDesc CLOSED = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);
    private static final String FIELD = "container";

    private enum Place {
        /// `start(ThreadContainer)`, where it starts the thread: the argument joins the thread with its executor.
        START,
        /// The end of a constructor, of a class whose field `container` joins it with its threads.
        CONSTRUCTOR_WITH_FIELD,
        /// The end of a constructor, of a class that itself joins its threads.
        CONSTRUCTOR
    }

    private static final Map<String, Place> PLACES = Map.of(
            "java/lang/Thread", Place.START,
            "java/lang/VirtualThread", Place.START,
            "java/util/concurrent/ThreadPoolExecutor", Place.CONSTRUCTOR_WITH_FIELD,
            "java/util/concurrent/ForkJoinPool", Place.CONSTRUCTOR_WITH_FIELD,
            "jdk/internal/misc/ThreadFlock", Place.CONSTRUCTOR_WITH_FIELD,
            "java/util/concurrent/ThreadPerTaskExecutor", Place.CONSTRUCTOR);

    private Hooks() {}

    /// @param name with slashes
    static boolean isHooked(String name) {
        return PLACES.containsKey(name);
    }

    static byte[] hooked(String name, byte[] bytes) {
        Place place = PLACES.get(name);
        if (place == null) {
            return bytes;
        }
        ClassFile file = ClassFile.of();
        ClassModel model = file.parse(bytes);
        ClassTransform transform = (builder, element) -> {
            if (element instanceof MethodModel method && method.code().isPresent()) {
                CodeTransform code = code(place, model, method);
                if (code != null) {
                    builder.transformMethod(method, MethodTransform.transformingCode(code));
                    return;
                }
            }
            builder.with(element);
        };
        return file.transformClass(model, transform);
    }

    private static @Nullable CodeTransform code(Place place, ClassModel model, MethodModel method) {
        String name = method.methodName().stringValue();
        boolean isConstructor = name.equals("<init>");
        return switch (place) {
            case START -> name.equals("start") ? whereItStarts(method, startsIn(method)) : null;
            case CONSTRUCTOR -> isConstructor ? atReturn(code -> created(code, self -> self.aload(0))) : null;
            case CONSTRUCTOR_WITH_FIELD -> {
                Consumer<CodeBuilder> container = container(model);
                if (isConstructor) {
                    yield atReturn(code -> created(code, container));
                }
                yield closesScope(model, method) ? atReturn(code -> closed(code, container)) : null;
            }
        };
    }

    private static Consumer<CodeBuilder> startsIn(MethodModel method) {
        boolean hasContainer = method.methodTypeSymbol().parameterCount() == 1;
        return code -> created(code, hasContainer ? self -> self.aload(1) : CodeBuilder::aconst_null);
    }

    private static boolean closesScope(ClassModel model, MethodModel method) {
        return model.thisClass().asInternalName().endsWith("ThreadFlock")
                && method.methodName().equalsString("close")
                && method.methodType().equalsString("()V");
    }

    /// @throws IllegalArgumentException if this JDK has no such field
    private static Consumer<CodeBuilder> container(ClassModel model) {
        ClassDesc self = model.thisClass().asSymbol();
        FieldModel field = model.fields().stream()
                .filter(each -> each.fieldName().equalsString(FIELD))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no field '" + FIELD + "' in " + self.displayName()));
        return code -> code.aload(0).getfield(self, FIELD, field.fieldTypeSymbol());
    }

    private static void created(CodeBuilder code, Consumer<CodeBuilder> container) {
        code.aload(0);
        container.accept(code);
        code.invokestatic(HOOK, "created", CREATED);
    }

    private static void closed(CodeBuilder code, Consumer<CodeBuilder> container) {
        container.accept(code);
        code.invokestatic(HOOK, "closed", CLOSED);
    }

    /// A mock of a thread does not get as far as to the native method, whichever agent changes the class first.
    private static CodeTransform whereItStarts(MethodModel method, Consumer<CodeBuilder> call) {
        boolean isNative =
                method.code().stream().flatMap(code -> code.elementStream()).anyMatch(Hooks::isNativeStart);
        return isNative ? beforeNativeStart(call) : atStart(call);
    }

    private static boolean isNativeStart(CodeElement element) {
        return element instanceof InvokeInstruction invoke && invoke.name().equalsString("start0");
    }

    private static CodeTransform beforeNativeStart(Consumer<CodeBuilder> call) {
        return (builder, element) -> {
            if (isNativeStart(element)) {
                call.accept(builder);
            }
            builder.with(element);
        };
    }

    private static CodeTransform atStart(Consumer<CodeBuilder> call) {
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder builder) {
                call.accept(builder);
            }

            @Override
            public void accept(CodeBuilder builder, CodeElement element) {
                builder.with(element);
            }
        };
    }

    private static CodeTransform atReturn(Consumer<CodeBuilder> call) {
        return (builder, element) -> {
            if (element instanceof ReturnInstruction) {
                call.accept(builder);
            }
            builder.with(element);
        };
    }
}
