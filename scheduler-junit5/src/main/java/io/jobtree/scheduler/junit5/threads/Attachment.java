package io.jobtree.scheduler.junit5.threads;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Loads the agent into this JVM. A JVM may not attach to itself, so a child does it.
final class Attachment {
    private static final String PACKAGE = "io.jobtree.scheduler.junit5.agent.";
    private static final long MAX_SECONDS = 30;
    private static final Logger LOG = System.getLogger("io.jobtree.scheduler.junit5");

    private Attachment() {}

    /// Logs why it did not succeed, if it did not.
    static void attach() {
        if (isOff()) {
            LOG.log(
                    Level.WARNING,
                    "jobtree.leaks.agent=attach: nothing can be attached to this JVM, since it was started with"
                            + " -XX:+DisableAttachMechanism; add -javaagent:scheduler-junit5-agent.jar instead");
            return;
        }
        Path jar = jar();
        if (jar == null) {
            LOG.log(
                    Level.WARNING,
                    "jobtree.leaks.agent=attach: scheduler-junit5-agent is not on the class path as a jar");
            return;
        }
        try {
            String failure = run(jar);
            if (!failure.isEmpty()) {
                LOG.log(
                        Level.WARNING,
                        "jobtree.leaks.agent=attach: the agent could not be loaded; add -XX:+EnableDynamicAgentLoading"
                                + " or -javaagent:" + jar.getFileName() + ": " + failure);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "jobtree.leaks.agent=attach: no child process", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Such a JVM would print a thread dump instead, and the other one wait in vain.
    private static boolean isOff() {
        var diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return diagnostics != null
                && Boolean.parseBoolean(
                        diagnostics.getVMOption("DisableAttachMechanism").getValue());
    }

    private static @Nullable Path jar() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        URL url = loader == null ? null : loader.getResource((PACKAGE + "Attach").replace('.', '/') + ".class");
        if (url == null || !url.getProtocol().equals("jar")) {
            return null;
        }
        String path = url.getPath();
        return Path.of(URI.create(path.substring(0, path.indexOf("!/"))));
    }

    /// @return what went wrong; empty if nothing did
    private static String run(Path jar) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        jar.toString(),
                        PACKAGE + "Attach",
                        String.valueOf(ProcessHandle.current().pid()),
                        jar.toString())
                .redirectErrorStream(true)
                .start();
        try {
            if (!child.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
                return "it took more than " + MAX_SECONDS + " s";
            }
            String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return child.exitValue() == 0 ? "" : output.strip();
        } finally {
            child.destroyForcibly();
        }
    }
}
