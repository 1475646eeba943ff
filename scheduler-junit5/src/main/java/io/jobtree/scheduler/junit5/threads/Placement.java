package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Scope;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Origin.Level;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/// After what a leftover is to be reported, if it is there then: its test, if nothing else could end it; its class,
/// if that could; else the session.
///
/// @param reporter the test, class or session; null if it is nobody's
/// @param heldBy the field that holds it; empty if none was found
public record Placement(@Nullable Origin reporter, String heldBy) {
    private static final int MAX_HOLDERS = 3;

    /// Of what another class's static initializer made, for it is for the whole process, and of what ends by itself.
    private static final Placement NOBODYS = new Placement(null, "");

    /// The placement of what an origin left.
    public static Placement of(Found found, Origin origin) {
        Origin session = origin.session();
        List<String> initialized = found.frames().stream()
                .filter(frame -> frame.getMethodName().equals("<clinit>"))
                .map(StackTraceElement::getClassName)
                .toList();
        if (!initialized.isEmpty()) {
            return ofInitializer(initialized, origin, found.isIt());
        }
        boolean isOfItsTest = origin.level() == Level.TEST && origin.settings().scope() == Scope.TEST;
        if (isOfItsTest || origin.level() == Level.SESSION) {
            return new Placement(origin, "");
        }
        Predicate<Object> isIt = found.isIt();
        Placement held = heldBy(origin, isIt);
        if (held != null) {
            return held;
        }
        List<StackTraceElement> user = Frames.of(found.frames()).user();
        String elsewhere = Fields.staticHolder(others(user, origin), isIt);
        if (elsewhere != null) {
            return new Placement(session, elsewhere);
        }
        if (found.isForgettable()) {
            return NOBODYS;
        }
        if (found.endsWhenIdle()) {
            return new Placement(session, "");
        }
        return new Placement(
                origin.level() == Level.TEST
                        ? ofTest(found, origin, user)
                        : isOfExtension(found, origin, user) ? session : origin,
                "");
    }

    /// The placement of what was started in the time of a class by nothing that is known.
    public static Placement ofUnknown(Found found, Origin origin) {
        Placement held = heldBy(origin, found.isIt());
        if (held != null) {
            return held;
        }
        boolean mayBeAnothers = found.isOfDaemons()
                || origin.hasOtherExtensions()
                || (found.kind() == Kind.EXECUTOR && found.members().isEmpty());
        // That of the unknown, which is below the whole run, reports what it finds itself.
        Origin session = origin.level() == Level.SESSION ? origin : origin.session();
        if (mayBeAnothers && origin.level() != Level.SESSION) {
            return new Placement(session, "");
        }
        String elsewhere = holders(origin, found.isSurelyIt().and(object -> !isHttpClient(object)));
        return elsewhere.isEmpty() ? new Placement(origin, "") : new Placement(session, elsewhere);
    }

    /// Whether it may be for more than the test that started it. An executor without a thread is nothing unless
    /// somebody refers to it, and where it is not known who made it that is not the class.
    boolean isShared(Found found) {
        Origin from = found.origin();
        return from == null
                ? (found.kind() == Kind.EXECUTOR && found.members().isEmpty()) || isHeldElsewhere()
                : from.level() != Level.SESSION && reporter != null && reporter.level() == Level.SESSION;
    }

    private boolean isHeldElsewhere() {
        return !heldBy.isEmpty() && reporter != null && reporter.level() == Level.SESSION;
    }

    /// The static initializer of the test class is its own. That of a class which it extends runs once for all that
    /// extend it, so only the session could end what it made.
    private static Placement ofInitializer(List<String> initialized, Origin origin, Predicate<Object> isIt) {
        for (Origin each : origin.path()) {
            for (Class<?> type : each.classes()) {
                if (initialized.contains(type.getName())) {
                    String holder = Fields.staticHolder(List.of(type), isIt);
                    return new Placement(isItsOwn(type, each) ? each : origin.session(), holder == null ? "" : holder);
                }
            }
        }
        return NOBODYS;
    }

    private static boolean isItsOwn(Class<?> type, Origin ofClass) {
        return type.equals(ofClass.classes().getFirst());
    }

    /// The outermost class that holds it could end it last. The instance of a class around it is reachable from that of
    /// a nested one.
    private static @Nullable Placement heldBy(Origin origin, Predicate<Object> isIt) {
        for (Origin each : origin.path().reversed()) {
            if (each.level() == Level.CLASS) {
                for (Class<?> type : each.classes()) {
                    String holder = Fields.staticHolder(List.of(type), isIt);
                    if (holder != null) {
                        return new Placement(isItsOwn(type, each) ? each : origin.session(), holder);
                    }
                }
                Object instance = each.instance();
                String holder = instance == null ? null : Fields.holder(instance, isIt);
                if (holder != null) {
                    return new Placement(each, holder);
                }
            }
        }
        return null;
    }

    /// The classes that had a part in its start, but those of the test: whose code is on the stack, or whose static
    /// members that code has used.
    private static Set<Class<?>> others(List<StackTraceElement> user, Origin origin) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Set<Class<?>> classes = new LinkedHashSet<>();
        List<String> tests = origin.path().stream()
                .flatMap(each -> each.classes().stream())
                .map(Class::getName)
                .toList();
        Set<String> used = StaticUses.of(user, tests, loader).stream()
                .filter(name -> Frames.isUsers(new StackTraceElement(name, "", null, -1)))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        used.retainAll(InitializedClasses.of(used));
        Stream.concat(user.stream().map(StackTraceElement::getClassName), used.stream())
                .filter(name -> !isClassOf(name, origin))
                .forEach(name -> loaded(name, loader).ifPresent(classes::add));
        return classes;
    }

    /// Where no stack tells, any class may hold it that was used, but no other test class. Of several `HttpServer`s
    /// nothing tells which has the thread, so the first few are named.
    private static String holders(Origin origin, Predicate<Object> isIt) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return InitializedClasses.all().stream()
                .filter(name -> Frames.isUsers(new StackTraceElement(name, "", null, -1)))
                .filter(name -> !isClassOf(name, origin))
                .sorted()
                .flatMap(name -> loaded(name, loader).stream())
                .flatMap(type -> Stream.ofNullable(Fields.staticHolder(List.of(type), isIt))
                        .filter(holder -> !hasTests(type)))
                .limit(MAX_HOLDERS)
                .collect(Collectors.joining(" or "));
    }

    /// Many classes hold one for themselves, and that says nothing of the one that is left.
    private static boolean isHttpClient(Object object) {
        return object.getClass().getPackageName().equals("jdk.internal.net.http");
    }

    private static boolean hasTests(Class<?> type) {
        return !AnnotationSupport.findAnnotatedMethods(type, Testable.class, HierarchyTraversalMode.TOP_DOWN)
                .isEmpty();
    }

    /// Empty for a hidden class, and one of another loader.
    private static Optional<Class<?>> loaded(String name, @Nullable ClassLoader loader) {
        try {
            return Optional.of(Class.forName(name, false, loader));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty();
        }
    }

    private static Origin ofTest(Found found, Origin origin, List<StackTraceElement> user) {
        boolean mayBeGiven = origin.hasOtherExtensions()
                && (origin.hasGivingExtensions() || user.stream().noneMatch(frame -> isOfTest(frame, origin)))
                && (found.hasUnknownMaker() || !isMadeByTest(user, origin))
                && !KnownThreads.isStartedByTimeout(found.frames());
        if (mayBeGiven || isOfExtension(found, origin, user)) {
            return origin.session(); // it may be of an object that an extension has given to the test
        }
        return isDynamic(origin) || found.isOnlyADaemon() || found.hasUnknownMaker() || found.endsWhenForgotten()
                ? classOrSession(origin)
                : origin;
    }

    /// Of an extension, which may end it when all tests are over: some start something once, with the first class.
    private static boolean isOfExtension(Found found, Origin origin, List<StackTraceElement> user) {
        boolean isByJUnit =
                found.frames().stream().anyMatch(frame -> frame.getClassName().startsWith("org.junit."))
                        && !KnownThreads.isStartedByTimeout(found.frames());
        boolean isByTest = user.stream().anyMatch(frame -> isOfTest(frame, origin));
        return !isByTest && (isByJUnit || (origin.level() == Level.CLASS && origin.hasOtherExtensions()));
    }

    /// Its factory goes on, and tears down what all its dynamic tests share.
    private static boolean isDynamic(Origin origin) {
        Origin parent = origin.parent();
        return parent != null && parent.level() == Level.TEST;
    }

    private static Origin classOrSession(Origin origin) {
        Origin parent = origin.parent();
        return parent == null ? origin : parent;
    }

    /// In the test itself, or in a constructor or static method that the test called: no object had a part in it that
    /// an extension may have given to the test.
    private static boolean isMadeByTest(List<StackTraceElement> user, Origin origin) {
        List<StackTraceElement> inner = new ArrayList<>();
        for (StackTraceElement frame : user) {
            if (isOfTest(frame, origin)) {
                return inner.stream().allMatch(Placement::isOfNoObject);
            }
            inner.add(frame);
        }
        return false;
    }

    private static boolean isOfNoObject(StackTraceElement frame) {
        if (frame.getMethodName().equals("<init>")) {
            return true;
        }
        return loaded(frame.getClassName(), Thread.currentThread().getContextClassLoader())
                .map(type -> isStatic(type, frame.getMethodName()))
                .orElse(false);
    }

    /// All methods of that name are, for the stack does not tell which one it was.
    private static boolean isStatic(Class<?> type, String method) {
        try {
            return Stream.of(type.getDeclaredMethods())
                    .filter(each -> each.getName().equals(method))
                    .allMatch(each -> Modifier.isStatic(each.getModifiers()));
        } catch (LinkageError e) {
            return false; // a type in a signature is not there
        }
    }

    private static boolean isClassOf(String name, Origin origin) {
        return origin.path().stream()
                .flatMap(each -> each.classes().stream())
                .anyMatch(type -> type.getName().equals(name));
    }

    /// Classes nested in a test class are part of it.
    private static boolean isOfTest(StackTraceElement frame, Origin origin) {
        String name = frame.getClassName();
        return origin.path().stream()
                .flatMap(each -> each.classes().stream())
                .anyMatch(type -> name.equals(type.getName()) || name.startsWith(type.getName() + "$"));
    }
}
