package io.jobtree.proof.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Rewrites the engine's classes as they are loaded: `-javaagent:JAR=faults` or `=delays`.
public final class Agent {
    private static final String ENGINE = "io/jobtree/scheduler/";

    private Agent() {}

    /// Called by the JVM.
    ///
    /// @param mode `faults` or `delays`
    /// @param instrumentation given by the JVM
    public static void premain(String mode, Instrumentation instrumentation) {
        BiFunction<ClassModel, String, CodeTransform> code = switch (mode) {
            case "faults" -> (_, where) -> FaultPoints.in(where);
            case "delays" -> (type, _) -> DelayPoints.in(type);
            case null, default -> throw new IllegalArgumentException("mode must be faults or delays: " + mode);
        };
        instrumentation.addTransformer(new Rewriter(code));
    }

    private record Rewriter(BiFunction<ClassModel, String, CodeTransform> code) implements ClassFileTransformer {
        @Override
        public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                String name,
                @Nullable Class<?> redefined,
                @Nullable ProtectionDomain domain,
                byte[] bytes) {
            if (!name.startsWith(ENGINE)) {
                return null;
            }
            try {
                return rewrite(loader, name.substring(ENGINE.length()), bytes);
            } catch (RuntimeException | Error broken) {
                // The JVM would go on with the class as it was, and this would find nothing.
                broken.printStackTrace();
                Runtime.getRuntime().halt(3);
                return null;
            }
        }

        /// Looks into other classes' files, for to load one of them amid this is to load it twice.
        private byte[] rewrite(@Nullable ClassLoader loader, String name, byte[] bytes) {
            var hierarchy = ClassHierarchyResolver.ofResourceParsing(
                    loader == null ? ClassLoader.getSystemClassLoader() : loader);
            var file = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(hierarchy));
            var type = file.parse(bytes);
            return file.transformClass(type, ClassTransform.transformingMethods((method, element) -> {
                if (element instanceof CodeModel body && isEngine(body)) {
                    method.transformCode(body, code.apply(type, name + '.' + nameOf(body)));
                } else {
                    method.with(element);
                }
            }));
        }

        /// Not static initializers, which fail for good, and not what is only shown to people.
        private static boolean isEngine(CodeModel body) {
            var name = nameOf(body);
            return !name.equals("<clinit>") && !name.equals("toString");
        }

        private static String nameOf(CodeModel body) {
            return body.parent().orElseThrow().methodName().stringValue();
        }
    }
}
