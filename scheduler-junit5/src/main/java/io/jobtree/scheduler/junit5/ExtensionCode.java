package io.jobtree.scheduler.junit5;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the class files of an extension say: whether it can get at the instance of a test. One that only counts, logs,
/// repeats or times tests does not, and so a test has nothing from it.
final class ExtensionCode {
    private static final String JUNIT = "org/junit/";
    private static final String CONTEXTS = "Lorg/junit/jupiter/api/extension/";

    /// Methods of JUnit's contexts that return the instance, or what has it.
    private static final Set<String> INSTANCES = Set.of(
            "getTestInstance",
            "getRequiredTestInstance",
            "getTestInstances",
            "getRequiredTestInstances",
            "getTarget",
            "getOuterInstance");

    /// How many classes of its package are read.
    private static final int MAX_CLASSES = 30;

    private static final ClassValue<Boolean> GETS_INSTANCE = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return new ExtensionCode(type).getsInstance();
        }
    };

    private final @Nullable ClassLoader loader;
    private final Set<String> own = new HashSet<>();
    private final Set<String> packages = new HashSet<>();
    private final Queue<String> unread = new ArrayDeque<>();

    private ExtensionCode(Class<?> extension) {
        loader = extension.getClassLoader();
        for (@Nullable Class<?> type = extension;
                type != null && type.getClassLoader() != null;
                type = type.getSuperclass()) {
            packages.add(packageOf(type.getName().replace('.', '/')));
            add(type.getName().replace('.', '/'));
        }
    }

    /// Whether it may; true also where that cannot be known.
    static boolean mayGetInstance(Class<?> extension) {
        return GETS_INSTANCE.get(extension);
    }

    private void add(String name) {
        if (own.add(name)) {
            unread.add(name);
        }
    }

    private boolean getsInstance() {
        for (String name = unread.poll(); name != null; name = unread.poll()) {
            ClassModel file = own.size() > MAX_CLASSES ? null : file(name);
            if (file == null) {
                return true;
            }
            for (PoolEntry entry : file.constantPool()) {
                addCalled(entry);
                if (isInstance(entry) || isContextPassedOn(entry)) {
                    return true;
                }
            }
        }
        return false;
    }

    private @Nullable ClassModel file(String name) {
        if (loader == null) {
            return null;
        }
        try (InputStream file = loader.getResourceAsStream(name + ".class")) {
            return file == null ? null : ClassFile.of().parse(file.readAllBytes());
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    private void addCalled(PoolEntry entry) {
        if (entry instanceof MemberRefEntry member
                && packages.contains(packageOf(member.owner().asInternalName()))) {
            add(member.owner().asInternalName());
        }
    }

    private static boolean isInstance(PoolEntry entry) {
        return entry instanceof Utf8Entry text && INSTANCES.contains(text.stringValue());
    }

    /// To code that is not read here.
    private boolean isContextPassedOn(PoolEntry entry) {
        if (!(entry instanceof MemberRefEntry member)) {
            return false;
        }
        String owner = member.owner().asInternalName();
        String type = member.type().stringValue();
        return type.substring(0, type.indexOf(')') + 1).contains(CONTEXTS)
                && !owner.startsWith(JUNIT)
                && !own.contains(owner);
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }
}
