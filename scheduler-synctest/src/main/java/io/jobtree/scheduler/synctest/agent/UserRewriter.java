package io.jobtree.scheduler.synctest.agent;

import io.jobtree.scheduler.synctest.runtime.Points;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.instrument.ClassFileTransformer;
import java.lang.reflect.AccessFlag;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Rewrites the classes of users and their libraries: clock readings in all, yield points in chosen packages.
final class UserRewriter implements ClassFileTransformer {
    private static final List<Hook> JOBTREE = Hook.ofJobtree();

    private final Set<String> packages;
    private final List<String> problems = new CopyOnWriteArrayList<>();

    UserRewriter(Set<String> packages) {
        this.packages = packages;
    }

    static boolean isIn(Class<?> type, Collection<String> packages) {
        return !isJdks(type.getClassLoader())
                && !isOurs(type.getProtectionDomain())
                && packages.stream().anyMatch(prefix -> Points.isBelow(type.getPackageName(), prefix));
    }

    private static boolean isJdks(@Nullable ClassLoader loader) {
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
    }

    /// A bubble's own code is no part of the test.
    private static boolean isOurs(@Nullable ProtectionDomain domain) {
        return domain != null
                && Objects.equals(
                        domain.getCodeSource(),
                        UserRewriter.class.getProtectionDomain().getCodeSource());
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable Module module,
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] bytes) {
        if (name == null || isJdks(loader) || isOurs(domain)) {
            return null;
        }
        int slash = name.lastIndexOf('/');
        String packageName = slash < 0 ? "" : name.substring(0, slash).replace('/', '.');
        boolean points = packages.stream().anyMatch(prefix -> Points.isBelow(packageName, prefix));
        if (!points && !readsClocks(bytes) && JOBTREE.stream().noneMatch(hook -> name.equals(hook.type()))) {
            return null;
        }
        try {
            return rewrite(bytes, loader, points ? Points.idOf(packageName) : -1);
        } catch (RuntimeException failed) {
            // The JVM would go on with the class as it was, and a test would pass for lack of points.
            problems.add(name.replace('/', '.') + ": " + failed);
            return null;
        }
    }

    /// Empty for none.
    String problems() {
        return String.join(", ", problems);
    }

    private static boolean readsClocks(byte[] bytes) {
        return JdkClocks.reads(bytes) || new String(bytes, StandardCharsets.ISO_8859_1).contains("onSpinWait");
    }

    private static byte[] rewrite(byte[] bytes, @Nullable ClassLoader loader, int packageId) {
        // A class that is not there, of an optional dependency say, is merged with others as an interface is: to
        // Object.
        ClassFile context =
                ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)
                        .orElse(missing -> ClassHierarchyResolver.ClassHierarchyInfo.ofInterface())));
        ClassModel type = context.parse(bytes);
        Set<String> finals = finalFields(type);
        ClassTransform transform = (builder, element) -> {
            if (element instanceof MethodModel method && method.code().isPresent()) {
                CodeTransform code = new UserClocks();
                for (Hook hook : JOBTREE) {
                    if (hook.type().equals(type.thisClass().asInternalName()) && hook.isFor(method)) {
                        code = code.andThen(hook.code(method));
                    }
                }
                if (packageId >= 0) {
                    code = code.andThen(UserPoints.inMethod(type, method, packageId, finals));
                }
                builder.transformMethod(method, MethodTransform.transformingCode(code));
            } else {
                builder.with(element);
            }
        };
        return context.transformClass(type, transform);
    }

    /// Their reads see one value only.
    private static Set<String> finalFields(ClassModel type) {
        Set<String> names = new HashSet<>();
        for (FieldModel field : type.fields()) {
            if (field.flags().has(AccessFlag.FINAL)) {
                names.add(field.fieldName().stringValue());
            }
        }
        return names;
    }
}
