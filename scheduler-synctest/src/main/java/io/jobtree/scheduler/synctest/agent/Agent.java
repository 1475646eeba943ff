package io.jobtree.scheduler.synctest.agent;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/// Puts the runtime part on the boot class path and rewrites the JDK's classes, once, when the JVM starts.
public final class Agent {
    private static final String RUNTIME_JAR = "/META-INF/synctest/runtime.jar";
    private static final String HOOKS = "io.jobtree.scheduler.synctest.runtime.Hooks";

    /// The packages whose classes have yield points; only ever grows.
    private static final Set<String> PACKAGES = ConcurrentHashMap.newKeySet();

    private static final JdkRewriter JDK = new JdkRewriter();
    private static final UserRewriter USERS = new UserRewriter(PACKAGES);

    private static volatile @Nullable Instrumentation instrumentation;
    private static volatile String refusal = "";

    private Agent() {}

    /// Called by the JVM for `-javaagent`. On a JDK that it does not know it changes nothing, and bubbles say why.
    public static void premain(@Nullable String arguments, Instrumentation given) {
        try {
            install(given);
            instrumentation = given;
        } catch (Exception | LinkageError failed) {
            Throwable cause = failed instanceof ExceptionInInitializerError && failed.getCause() != null
                    ? failed.getCause()
                    : failed;
            refusal = "JDK " + Runtime.version() + " cannot run bubbles: " + cause.getMessage();
        }
    }

    private static void install(Instrumentation given) throws Exception {
        given.appendToBootstrapClassLoaderSearch(new JarFile(unpack().toFile()));
        Class<?> hooks = Class.forName(HOOKS, false, null);
        openTo(hooks.getModule(), given);
        given.addTransformer(JDK, true);
        try {
            for (Class<?> type : JDK.types()) {
                given.retransformClasses(type);
            }
            JDK.ensureComplete();
            Class.forName(HOOKS.replace("Hooks", "Simulation"), true, null);
        } catch (Exception | LinkageError failed) {
            undo(given);
            throw failed;
        }
        given.addTransformer(USERS, true);
    }

    private static void undo(Instrumentation given) throws ClassNotFoundException, UnmodifiableClassException {
        given.removeTransformer(JDK);
        given.retransformClasses(JDK.types().toArray(Class<?>[]::new));
    }

    private static Path unpack() throws IOException {
        try (InputStream jar = Agent.class.getResourceAsStream(RUNTIME_JAR)) {
            if (jar == null) {
                throw new IOException("The jar of scheduler-synctest lacks " + RUNTIME_JAR);
            }
            Path copy = Files.createTempFile("synctest-runtime", ".jar");
            copy.toFile().deleteOnExit();
            Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
            return copy;
        }
    }

    private static void openTo(Module runtime, Instrumentation given) {
        Set<Module> readers = Set.of(runtime);
        given.redefineModule(
                Object.class.getModule(),
                readers,
                Map.of(),
                Map.of(
                        "java.lang", readers,
                        "java.util.concurrent", readers,
                        "java.util.concurrent.locks", readers,
                        "jdk.internal.vm", readers),
                Set.of(),
                Map.of());
        List<Module> others = new ArrayList<>();
        ModuleLayer.boot().findModule("java.net.http").ifPresent(others::add);
        if (Agent.class.getModule().isNamed()) {
            others.add(Agent.class.getModule());
        }
        others.forEach(module -> given.redefineModule(module, readers, Map.of(), Map.of(), Set.of(), Map.of()));
    }

    /// Why there can be no bubble in this JVM; empty where there can.
    public static String refusal() {
        if (instrumentation != null) {
            String problems = JDK.problems() + USERS.problems();
            return problems.isEmpty() ? "" : "Classes cannot be rewritten: " + problems;
        }
        return refusal.isEmpty()
                ? "Bubbles need the agent: start the test JVM with -javaagent:<path of the scheduler-synctest jar>;"
                        + " for Maven, see the dependency plugin's properties goal and surefire's argLine"
                : refusal;
    }

    public static void ensureInstalled() {
        String why = refusal();
        if (!why.isEmpty()) {
            throw new IllegalStateException(why);
        }
    }

    /// Gives the classes of these packages, and of those below them, yield points: those loaded and those to come.
    public static synchronized void addPoints(List<String> packages) {
        Instrumentation given = instrumentation;
        if (given == null || PACKAGES.containsAll(packages)) {
            return;
        }
        PACKAGES.addAll(packages);
        List<String> failures = new ArrayList<>();
        for (Class<?> type : given.getAllLoadedClasses()) {
            if (!type.isHidden() && given.isModifiableClass(type) && UserRewriter.isIn(type, packages)) {
                try {
                    given.retransformClasses(type);
                } catch (InternalError failedInitializer) {
                    // A class whose initializer has failed is refused as invalid. It never runs, and needs no points.
                } catch (UnmodifiableClassException | LinkageError failed) {
                    failures.add(type.getName() + ": " + failed);
                }
            }
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("Classes can have no yield points: " + String.join(", ", failures));
        }
    }
}
