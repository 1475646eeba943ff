package io.jobtree.scheduler.junit5.threads;

import java.lang.ref.Reference;
import java.lang.ref.SoftReference;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.ReflectionSupport;

/// Looks for the field from which something can be reached, to know who could end it.
///
/// It sees the fields of classes that are open to it or to JUnit, arrays, and the JDK's collections and
/// references; a few thousand objects at most.
final class Fields {
    private static final int MAX_OBJECTS = 5_000;
    private static final int MAX_ITEMS = 500;
    private static final List<String> LOGGING = List.of(
            "java.util.logging.",
            "org.slf4j.",
            "ch.qos.logback.",
            "org.apache.logging.",
            "org.apache.log4j.",
            "org.apache.commons.logging.",
            "org.jboss.logging.");

    private final Predicate<Object> wanted;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> next = new ArrayDeque<>();

    private Fields(Predicate<Object> wanted) {
        this.wanted = wanted;
    }

    /// The static field of one of these classes from which it can be reached, such as `MailTest.pool`; null if there
    /// is none.
    static @Nullable String staticHolder(Collection<Class<?>> classes, Predicate<Object> wanted) {
        for (Class<?> type : classes) {
            String holder = holder(type, null, wanted);
            if (holder != null) {
                return holder;
            }
        }
        return null;
    }

    /// The same of the fields of one object.
    static @Nullable String holder(Object instance, Predicate<Object> wanted) {
        for (@Nullable Class<?> type = instance.getClass();
                type != null && !isJdks(type);
                type = type.getSuperclass()) {
            String holder = holder(type, instance, wanted);
            if (holder != null) {
                return holder;
            }
        }
        return null;
    }

    private static @Nullable String holder(Class<?> type, @Nullable Object instance, Predicate<Object> wanted) {
        for (Field field : declaredFields(type)) {
            if (Modifier.isStatic(field.getModifiers()) == (instance == null)) {
                Object value = value(field, instance);
                if (value != null && new Fields(wanted).isReachableFrom(value)) {
                    return nameOf(type) + "." + field.getName();
                }
            }
        }
        return null;
    }

    /// `Shop.Holder`
    private static String nameOf(Class<?> type) {
        return Kinds.simpleName(type.getName()).replace('$', '.');
    }

    private boolean isReachableFrom(Object root) {
        add(root);
        while (!next.isEmpty() && seen.size() < MAX_OBJECTS) {
            Object object = next.remove();
            if (wanted.test(object)) {
                return true;
            }
            expand(object);
        }
        return false;
    }

    private void add(@Nullable Object object) {
        if (object != null && !isPlain(object) && seen.add(object)) {
            next.add(object);
        }
    }

    private static boolean isPlain(Object object) {
        return object instanceof String
                || object instanceof Number
                || object instanceof Boolean
                || object instanceof Character
                || object instanceof Class<?>
                || object instanceof ClassLoader
                || isOfLogging(object)
                || (object.getClass().isArray()
                        && object.getClass().componentType().isPrimitive());
    }

    /// Every class has a logger, and through it reaches what the logging library runs.
    private static boolean isOfLogging(Object object) {
        String type = object.getClass().getName();
        return LOGGING.stream().anyMatch(type::startsWith);
    }

    private void expand(Object object) {
        switch (object) {
            case Object[] array -> addAll(Arrays.asList(array));
            case AtomicReference<?> reference -> add(reference.get());
            case SoftReference<?> reference -> add(reference.get());
            case Reference<?> reference -> addFields(reference); // which does not hold what it refers to
            case Optional<?> optional -> add(optional.orElse(null));
            case Collection<?> collection when isJdks(object.getClass()) -> addAll(collection);
            case Map<?, ?> map
            when isJdks(object.getClass()) -> {
                addAll(map.keySet());
                addAll(map.values());
            }
            default -> addFields(object);
        }
    }

    private void addAll(Collection<?> items) {
        try {
            items.stream().limit(MAX_ITEMS).forEach(this::add);
        } catch (RuntimeException e) {
            // Somebody changes it at the time: then it is not searched.
            return;
        }
    }

    private void addFields(Object object) {
        for (@Nullable Class<?> type = object.getClass(); type != null && !isJdks(type); type = type.getSuperclass()) {
            for (Field field : declaredFields(type)) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    add(value(field, object));
                }
            }
        }
    }

    private static Field[] declaredFields(Class<?> type) {
        try {
            return type.getDeclaredFields();
        } catch (LinkageError e) {
            return new Field[0]; // a field of a class that is not there
        }
    }

    private static @Nullable Object value(Field field, @Nullable Object instance) {
        if (field.getType().isPrimitive()) {
            return null;
        }
        try {
            return field.trySetAccessible() ? field.get(instance) : readByJUnit(field, instance);
        } catch (IllegalAccessException | InaccessibleObjectException | LinkageError e) {
            return null;
        }
    }

    /// The module of a test is open to JUnit, and to nobody else.
    private static @Nullable Object readByJUnit(Field field, @Nullable Object instance) {
        Class<?> type = field.getDeclaringClass();
        return type.getModule().isOpen(type.getPackageName(), ReflectionSupport.class.getModule())
                ? ReflectionSupport.tryToReadFieldValue(field, instance)
                        .toOptional()
                        .orElse(null)
                : null;
    }

    private static boolean isJdks(Class<?> type) {
        return type.getClassLoader() == null || type.getClassLoader().equals(ClassLoader.getPlatformClassLoader());
    }
}
