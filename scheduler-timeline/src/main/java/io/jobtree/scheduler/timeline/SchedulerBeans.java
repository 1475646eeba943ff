package io.jobtree.scheduler.timeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.text.Texts;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/// Shows schedulers over JMX, each as a [SchedulerMXBean] that is gone when the scheduler is closed.
///
/// ```java
/// SchedulerBeans.install();                                        // all schedulers of the process
/// Scheduler.open(options.withObserver(new SchedulerBeans()));      // or this one
/// ```
///
/// A job costs nothing by it.
///
/// **Threads:** any thread may call anything.
public final class SchedulerBeans implements JobObserver {
    private static final AtomicLong IDS = new AtomicLong();

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Map<ObjectName, SchedulerBean> beans = new HashMap<>();

    /// Makes an observer that shows schedulers opened from now on.
    public SchedulerBeans() {}

    /// Shows all schedulers of the process, also those already open.
    ///
    /// @return removes the beans when closed
    public static JobObserver.Installation install() {
        var beans = new SchedulerBeans();
        var installation = JobObserver.install(beans);
        Scheduler.all().forEach(beans::schedulerOpened);
        return () -> {
            installation.close();
            beans.removeAll();
        };
    }

    /// A scheduler that was opened while this was installed comes here twice.
    @Override
    public synchronized void schedulerOpened(Scheduler scheduler) {
        removeCollected();
        if (beans.values().stream()
                .noneMatch(bean -> bean.scheduler().filter(scheduler::equals).isPresent())) {
            add(scheduler);
        }
    }

    private void add(Scheduler scheduler) {
        var bean = new SchedulerBean(scheduler);
        try {
            var name = new ObjectName("io.jobtree:type=Scheduler,name=" + ObjectName.quote(scheduler.name()) + ",id="
                    + IDS.incrementAndGet());
            server.registerMBean(bean, name);
            beans.put(name, bean);
        } catch (JMException failure) {
            throw new IllegalStateException(
                    "Scheduler '" + Texts.printable(scheduler.name()) + "' cannot be shown over JMX", failure);
        }
    }

    @Override
    public synchronized void schedulerClosed(Scheduler scheduler) {
        remove(beans.entrySet().stream()
                .filter(entry ->
                        entry.getValue().scheduler().filter(scheduler::equals).isPresent())
                .map(Map.Entry::getKey)
                .toList());
    }

    /// Those dropped without `close`.
    private void removeCollected() {
        remove(beans.entrySet().stream()
                .filter(entry -> entry.getValue().scheduler().isEmpty())
                .map(Map.Entry::getKey)
                .toList());
    }

    private synchronized void removeAll() {
        remove(List.copyOf(beans.keySet()));
    }

    private void remove(List<ObjectName> names) {
        for (var name : names) {
            beans.remove(name);
            try {
                server.unregisterMBean(name);
            } catch (JMException gone) {
                // Somebody else has removed it.
            }
        }
    }

    @Override
    public boolean isEnabled() {
        // A bean asks its scheduler for what it shows.
        return false;
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        return JobObservation.NONE;
    }
}
