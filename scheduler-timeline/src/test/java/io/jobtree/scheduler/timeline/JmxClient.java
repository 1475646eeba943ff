package io.jobtree.scheduler.timeline;

import java.util.List;
import java.util.Set;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/// A program in a JVM of its own, with nothing of Jobtree's on its class path but this: reads the beans of
/// the JVM at an address, prints them, and cancels a job.
final class JmxClient {
    private JmxClient() {}

    @SuppressWarnings("BanJNDI") // the address is the test's own
    public static void main(String[] arguments) throws Exception {
        try (var connector = JMXConnectorFactory.connect(new JMXServiceURL(arguments[0]))) {
            var server = connector.getMBeanServerConnection();
            Set<ObjectName> names = server.queryNames(new ObjectName("io.jobtree:type=Scheduler,*"), null);
            for (var name : names) {
                print(server, name);
                var cancelled = server.invoke(
                        name, "cancel", new Object[] {arguments[1]}, new String[] {String.class.getName()});
                System.out.println("cancelled=" + cancelled);
            }
            System.out.println("beans=" + names.size());
        }
    }

    private static void print(MBeanServerConnection server, ObjectName name) throws Exception {
        System.out.println(name);
        for (var attribute : List.of(
                "Name",
                "Closed",
                "ActiveCount",
                "PendingCount",
                "JobCount",
                "Limit",
                "PendingLimit",
                "OldestPending",
                "OldestPendingSeconds",
                "Tree",
                "TreeJson",
                "Waits")) {
            System.out.println(attribute + "=" + server.getAttribute(name, attribute));
        }
        System.out.println("Stragglers=" + String.join(",", (String[]) server.getAttribute(name, "Stragglers")));
    }
}
