package io.jobtree.scheduler.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("SchedulerBeans: schedulers over JMX, gone when they are closed")
final class SchedulerBeansTest {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private final CountDownLatch release = new CountDownLatch(1);

    private static Set<ObjectName> beans(String name) {
        try {
            return SERVER.queryNames(
                    new ObjectName("io.jobtree:type=Scheduler,name=" + ObjectName.quote(name) + ",*"), null);
        } catch (MalformedObjectNameException wrong) {
            throw new AssertionError(wrong);
        }
    }

    private static SchedulerMXBean bean(String name) {
        return JMX.newMXBeanProxy(SERVER, beans(name).iterator().next(), SchedulerMXBean.class);
    }

    private Scheduler open(String name) {
        return Scheduler.open(SchedulerOptions.named(name).withLimit(1).withObserver(new SchedulerBeans()));
    }

    private Job<?> held(JobScope scope, String name) throws InterruptedException {
        var started = new CountDownLatch(1);
        var job = scope.spawn(name, () -> {
            started.countDown();
            release.await();
        });
        started.await();
        return job;
    }

    @Test
    void client_inAnotherJvm_readsAll_andCancels() throws Exception {
        var connector = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("service:jmx:rmi://127.0.0.1"), null, SERVER);
        connector.start();
        try (var jobs = open("orders")) {
            var running = held(jobs, "running");
            var pending = jobs.spawn("pending", () -> 1);
            var printed = runClient(connector.getAddress().toString(), "orders/pending");
            assertThat(printed)
                    .contains("Name=orders", "Closed=false", "ActiveCount=1", "PendingCount=1", "JobCount=2")
                    .contains("Limit=1", "PendingLimit=10000", "OldestPending=orders/pending #" + pending.id())
                    .contains("├── running #" + running.id(), "\"path\":\"orders/pending\"")
                    .contains("held by running #" + running.id(), "cancelled=1", "beans=1");
            assertThat(pending.await()).isInstanceOf(Outcome.Cancelled.class);
            release.countDown();
        } finally {
            connector.stop();
        }
    }

    private static String runClient(String address, String path) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = Path.of(JmxClient.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        var process = new ProcessBuilder(
                        java,
                        "-Dstdout.encoding=UTF-8",
                        "-cp",
                        classes.toString(),
                        JmxClient.class.getName(),
                        address,
                        path)
                .redirectErrorStream(true)
                .start();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    @Test
    void bean_isGoneAtClose() {
        try (var jobs = open("short-lived")) {
            assertThat(beans("short-lived")).hasSize(1);
            assertThat(bean("short-lived").isClosed()).isFalse();
            assertThat(jobs.isClosed()).isFalse();
        }
        assertThat(beans("short-lived")).isEmpty();
    }

    @Test
    void install_showsSchedulersThatAreOpenAlready_onceEach() {
        try (var early = Scheduler.open("early")) {
            try (var _ = SchedulerBeans.install();
                    var late = Scheduler.open("late, \"quoted\"\n")) {
                assertThat(beans(early.name())).hasSize(1);
                assertThat(beans(late.name())).hasSize(1);
            }
            assertThat(beans(early.name())).isEmpty();
        }
    }

    @Test
    void stragglers_areTheCancelledOnesThatStillRun() throws Exception {
        try (var jobs = open("stubborn")) {
            var started = new CountDownLatch(1);
            var job = jobs.spawn("deaf", () -> {
                started.countDown();
                while (release.getCount() > 0) {
                    Thread.interrupted();
                    Thread.onSpinWait();
                }
            });
            started.await();
            assertThat(bean("stubborn").getStragglers()).isEmpty();
            job.cancel();
            assertThat(bean("stubborn").getStragglers()).containsExactly("stubborn/deaf #" + job.id());
            release.countDown();
        }
    }

    @Tag("slow")
    @Test
    void cancel_takesAPath_orOneOfSeveralByItsId() throws Exception {
        try (var jobs = Scheduler.open(SchedulerOptions.named("twins").withObserver(new SchedulerBeans()))) {
            var first = held(jobs, "twin");
            var second = held(jobs, "twin");
            assertThat(bean("twins").cancel("twins/other")).isZero();
            assertThat(bean("twins").cancel("twins/twin #" + second.id())).isEqualTo(1);
            second.await();
            assertThat(first.isDone()).isFalse();
            var third = held(jobs, "twin");
            assertThat(bean("twins").cancel("twins/twin")).isEqualTo(2);
            assertThat(third.await()).isInstanceOf(Outcome.Cancelled.class);
        }
    }

    @Test
    void droppedScheduler_isCollected_andItsBeanRemoved() {
        var beans = new SchedulerBeans();
        Scheduler.open(SchedulerOptions.named("dropped").withObserver(beans));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc();
            Scheduler.open(SchedulerOptions.named("next").withObserver(beans)).close();
            return beans("dropped").isEmpty();
        });
    }

    @Test
    void job_costsNothing() {
        try (var jobs = Scheduler.open("free")) {
            assertThat(new SchedulerBeans().spawned(jobs.spawn("job", () -> 1))).isSameAs(JobObservation.NONE);
        }
    }
}
