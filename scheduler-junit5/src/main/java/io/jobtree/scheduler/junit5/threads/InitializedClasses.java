package io.jobtree.scheduler.junit5.threads;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;

/// Which classes the JVM has initialized. To read a static field of another would run its static initializer, which the
/// tests did not.
final class InitializedClasses {
    private static final Logger LOG = System.getLogger("io.jobtree.scheduler.junit5");

    /// A line of the JVM's `VM.classes`: address, size, state, flags if there are any, name.
    private static final Pattern LINE = Pattern.compile("0x\\S+ +\\d+ +(?:fully|being)_initialized .*?(\\S+) *");

    private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();

    private InitializedClasses() {}

    /// Those of these that are; none if this JVM does not tell.
    static Set<String> of(Collection<String> names) {
        if (!KNOWN.containsAll(names)) {
            look();
        }
        return names.stream().filter(KNOWN::contains).collect(Collectors.toSet());
    }

    /// All that the JVM knows; none if it does not tell.
    static Set<String> all() {
        look();
        return Set.copyOf(KNOWN);
    }

    private static void look() {
        try {
            Object classes = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmClasses",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            String.valueOf(classes)
                    .lines()
                    .map(LINE::matcher)
                    .filter(line -> line.matches())
                    .forEach(line -> KNOWN.add(line.group(1)));
        } catch (JMException | RuntimeException e) {
            LOG.log(Level.DEBUG, "This JVM does not tell which classes are initialized", e);
        }
    }
}
