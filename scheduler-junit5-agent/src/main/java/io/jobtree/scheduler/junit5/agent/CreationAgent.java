package io.jobtree.scheduler.junit5.agent;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/// Makes the JDK say which threads, executors and task scopes are made, so that the leak check knows where.
///
/// Started with `-javaagent:scheduler-junit5-agent.jar`, or attached.
public final class CreationAgent {
    private static final Logger LOG = System.getLogger("io.jobtree.scheduler.junit5");
    private static final String HOOK = "/scheduler-junit5-hook.jar";
    private static final AtomicBoolean INSTALLED = new AtomicBoolean();

    private CreationAgent() {}

    /// Called by the JVM at its start.
    ///
    /// @param args none
    /// @param instrumentation of this JVM
    /// @throws IOException if the hook cannot be put on the boot path
    public static void premain(@Nullable String args, Instrumentation instrumentation) throws IOException {
        install(instrumentation);
    }

    /// Called by the JVM that is attached to.
    ///
    /// @param args none
    /// @param instrumentation of this JVM
    /// @throws IOException if the hook cannot be put on the boot path
    public static void agentmain(@Nullable String args, Instrumentation instrumentation) throws IOException {
        install(instrumentation);
    }

    private static void install(Instrumentation instrumentation) throws IOException {
        if (!INSTALLED.compareAndSet(false, true)) {
            return;
        }
        instrumentation.appendToBootstrapClassLoaderSearch(new JarFile(hook().toFile()));
        instrumentation.addTransformer(new Transformer(), true);
        Arrays.stream(instrumentation.getAllLoadedClasses())
                .filter(type -> Hooks.isHooked(type.getName().replace('.', '/')))
                .forEach(type -> retransform(instrumentation, type));
    }

    private static void retransform(Instrumentation instrumentation, Class<?> type) {
        try {
            instrumentation.retransformClasses(type);
        } catch (Exception | LinkageError e) {
            warn(type.getName(), e);
        }
    }

    private static void warn(String type, Throwable thrown) {
        LOG.log(Level.WARNING, "What " + type + " makes is not recorded: this JDK is not known", thrown);
    }

    /// The hook is a file of its own as long as the JVM runs.
    private static Path hook() throws IOException {
        Path file = Files.createTempFile("scheduler-junit5-hook", ".jar");
        file.toFile().deleteOnExit();
        try (InputStream jar = CreationAgent.class.getResourceAsStream(HOOK)) {
            if (jar == null) {
                throw new IOException("the agent's jar is not whole: " + HOOK + " is missing");
            }
            Files.copy(jar, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    private static final class Transformer implements ClassFileTransformer {
        @Override
        public byte @Nullable [] transform(
                @Nullable Module module,
                @Nullable ClassLoader loader,
                @Nullable String name,
                @Nullable Class<?> before,
                @Nullable ProtectionDomain domain,
                byte[] bytes) {
            if (loader != null || name == null || !Hooks.isHooked(name)) {
                return null;
            }
            try {
                return Hooks.hooked(name, bytes);
            } catch (RuntimeException | LinkageError e) {
                warn(name, e);
                return null;
            }
        }
    }
}
