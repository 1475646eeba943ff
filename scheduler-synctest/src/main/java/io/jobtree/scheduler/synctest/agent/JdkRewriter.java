package io.jobtree.scheduler.synctest.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Rewrites the JDK's classes, and verifies each: a wrong one would fail far from its cause.
final class JdkRewriter implements ClassFileTransformer {
    private final List<Hook> hooks = Hook.all();
    private final Set<Hook> applied = ConcurrentHashMap.newKeySet();
    private final List<String> problems = new CopyOnWriteArrayList<>();

    /// From their files, for a class must not be loaded while it is being loaded.
    private final ClassFile context = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
            ClassHierarchyResolver.ofResourceParsing(ClassLoader.getPlatformClassLoader())
                    .cached(ConcurrentHashMap::new)));

    /// The classes with hooks, and those whose clock readings matter to what a bubble waits for.
    List<Class<?>> types() throws ClassNotFoundException {
        Set<String> names = new LinkedHashSet<>();
        hooks.forEach(hook -> names.add(hook.type()));
        names.addAll(JdkClocks.LOADED_EARLY);
        List<Class<?>> types = new ArrayList<>();
        for (String name : names) {
            if (!name.startsWith("jdk/internal/net/http/") || Hook.hasHttpClient()) {
                types.add(Class.forName(name.replace('/', '.'), false, ClassLoader.getPlatformClassLoader()));
            }
        }
        return types;
    }

    /// Fails unless each hook has found its method and each rewritten class has passed the verifier.
    void ensureComplete() {
        for (Hook hook : hooks) {
            if (!applied.contains(hook)) {
                problems.add(hook.type().replace('/', '.') + " has no method " + hook.method());
            }
        }
        if (!problems.isEmpty()) {
            throw new LinkageError(problems());
        }
    }

    /// What has gone wrong so far, with classes that were loaded later too; empty for nothing.
    String problems() {
        return String.join(", ", problems);
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable Module module,
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] bytes) {
        if (name == null || module == null || !module.isNamed()) {
            return null;
        }
        boolean clocks = JdkClocks.isRewritten(name);
        List<Hook> here =
                hooks.stream().filter(hook -> hook.type().equals(name)).toList();
        if (here.isEmpty() && !(clocks && JdkClocks.reads(bytes))) {
            return null;
        }
        try {
            return rewrite(bytes, here, clocks);
        } catch (RuntimeException failed) {
            problems.add(name.replace('/', '.') + " cannot be rewritten: " + failed.getMessage());
            return null;
        }
    }

    private byte @Nullable [] rewrite(byte[] bytes, List<Hook> here, boolean clocks) {
        ClassModel type = context.parse(bytes);
        ClassTransform transform = (builder, element) -> {
            if (element instanceof MethodModel method && method.code().isPresent()) {
                MethodTransform rewritten = MethodTransform.ACCEPT_ALL;
                if (clocks) {
                    rewritten = rewritten.andThen(MethodTransform.transformingCode(JdkClocks.inMethod(method)));
                }
                for (Hook hook : here) {
                    if (hook.isFor(method)) {
                        applied.add(hook);
                        rewritten = rewritten.andThen(MethodTransform.transformingCode(hook.code(method)));
                    }
                }
                builder.transformMethod(method, rewritten);
            } else {
                builder.with(element);
            }
        };
        byte[] out = context.transformClass(type, transform);
        List<VerifyError> errors = context.verify(out);
        errors.forEach(error -> problems.add(String.valueOf(error.getMessage())));
        return errors.isEmpty() ? out : null;
    }
}
