package io.jobtree.top;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.timeline.SchedulerMXBean;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javax.management.InstanceNotFoundException;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/// The JVM that is looked at, over JMX.
final class Target implements AutoCloseable {
    private final JMXConnector connector;
    private final MBeanServerConnection server;

    private Target(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.server = connector.getMBeanServerConnection();
    }

    /// Attaches to a process of the same user on this machine.
    ///
    /// @throws IOException if there is no such JVM, or it cannot be attached to
    @SuppressWarnings("BanJNDI") // the address is of a JVM of the same user on this machine
    static Target attach(String process) throws IOException {
        try {
            var machine = VirtualMachine.attach(process);
            try {
                return new Target(JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException refused) {
            throw new IOException(refused.getMessage(), refused);
        }
    }

    /// What one scheduler is doing.
    ///
    /// @param tree its jobs, and its counts as the note of the scheduler itself
    /// @param waits who waits for whom
    record Snapshot(JobTree tree, String waits) {}

    /// Every scheduler that is shown, oldest first.
    List<Snapshot> look() throws IOException {
        var snapshots = new ArrayList<Snapshot>();
        for (var name : names()) {
            try {
                snapshots.add(look(bean(name)));
            } catch (UndeclaredThrowableException failure) {
                if (!(failure.getCause() instanceof InstanceNotFoundException)) {
                    throw unwrapped(failure);
                }
            }
        }
        return snapshots;
    }

    /// A proxy declares no IOException, which is what comes when the program has ended.
    private static IOException unwrapped(UndeclaredThrowableException failure) {
        if (failure.getCause() instanceof IOException ended) {
            return ended;
        }
        throw failure;
    }

    private List<ObjectName> names() throws IOException {
        try {
            return server.queryNames(new ObjectName("io.jobtree:type=Scheduler,*"), null).stream()
                    .sorted(Comparator.comparingLong(name -> Long.parseLong(name.getKeyProperty("id"))))
                    .toList();
        } catch (MalformedObjectNameException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private SchedulerMXBean bean(ObjectName name) {
        return JMX.newMXBeanProxy(server, name, SchedulerMXBean.class);
    }

    private static Snapshot look(SchedulerMXBean bean) {
        return new Snapshot(TreeReader.read(bean.getTreeJson(), counts(bean)), bean.getWaits());
    }

    private static String counts(SchedulerMXBean bean) {
        var parts = new ArrayList<String>();
        parts.add(bean.isClosed() ? "closing" : "open");
        parts.add(bean.getLimit() == 0 ? "no limit" : "limit " + bean.getLimit());
        parts.add(bean.getJobCount() + " jobs");
        parts.add(bean.getActiveCount() + " of its own active, " + bean.getPendingCount() + " pending");
        var oldest = bean.getOldestPendingSeconds();
        if (oldest > 0) {
            parts.add(String.format(Locale.ROOT, "oldest pending %.1f s", oldest));
        }
        int stragglers = bean.getStragglers().size();
        if (stragglers > 0) {
            parts.add(stragglers + (stragglers == 1 ? " straggler" : " stragglers"));
        }
        return String.join(", ", parts);
    }

    /// Cancels a job; gives how many that were.
    int cancel(JobTree job) throws IOException {
        int count = 0;
        for (var name : names()) {
            try {
                count += bean(name).cancel(job.path() + " #" + job.id());
            } catch (UndeclaredThrowableException failure) {
                throw unwrapped(failure);
            }
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
