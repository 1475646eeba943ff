package io.jobtree.scheduler.junit5.report;

import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.leak.Cancelled;
import io.jobtree.scheduler.junit5.leak.JobLeak;
import io.jobtree.scheduler.junit5.leak.LeakedThread;
import io.jobtree.scheduler.junit5.leak.Leaks;
import io.jobtree.scheduler.junit5.leak.SchedulerLeak;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Leaks for programs: the same as the text says, whole.
public final class LeaksJson {
    private final StringBuilder out = new StringBuilder();

    public LeaksJson(Leaks leaks, Cancelled cancelled) {
        Map<String, @Nullable Object> top = new LinkedHashMap<>();
        top.put("test", leaks.test());
        top.put("waitedMillis", leaks.waited().toMillis());
        top.put("jobs", leaks.jobs().stream().map(LeaksJson::job).toList());
        top.put(
                "schedulers",
                leaks.schedulers().stream().map(LeaksJson::scheduler).toList());
        top.put("threads", leaks.threads().stream().map(LeaksJson::thread).toList());
        top.put("failures", leaks.unobserved().stream().map(LeaksJson::failure).toList());
        Map<String, @Nullable Object> after = new LinkedHashMap<>();
        after.put("cancelledJobs", cancelled.jobs());
        after.put("closedSchedulers", cancelled.schedulers());
        after.put("tookMillis", cancelled.took().toMillis());
        after.put(
                "survivors", cancelled.survivors().stream().map(job -> job.id()).toList());
        top.put("afterwards", after);
        write(top, "");
        out.append('\n');
    }

    private static Map<String, @Nullable Object> job(JobLeak job) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", job.id());
        map.put("name", job.name());
        map.put("path", job.path());
        map.put("scheduler", job.scheduler());
        map.put("state", job.state() == null ? "COLLECTED" : job.state().toString());
        map.put("ageMillis", job.age().toMillis());
        map.put("threadState", job.threadState());
        map.put("parkedOn", job.blocker());
        map.put("spawnedIn", job.spawnedIn());
        map.put("spawnedAt", frames(job.site()));
        map.put("stack", frames(job.stack()));
        return map;
    }

    private static Map<String, @Nullable Object> scheduler(SchedulerLeak scheduler) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", scheduler.name());
        map.put("unfinishedJobs", scheduler.unfinished());
        map.put("openedAt", frames(scheduler.site()));
        return map;
    }

    private static Map<String, @Nullable Object> thread(ThreadLeak leak) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("kind", leak.kind());
        map.put("type", leak.type());
        map.put("container", leak.container());
        map.put("count", leak.count());
        map.put("sampled", leak.isSampled());
        map.put("startedIn", leak.startedIn());
        map.put("candidates", leak.candidates());
        map.put("heldBy", leak.heldBy());
        map.put(leak.isThread() || leak.isMakersSite() ? "createdAt" : "usedAt", frames(leak.site()));
        map.put("threads", leak.threads().stream().map(LeaksJson::thread).toList());
        return map;
    }

    private static Map<String, @Nullable Object> thread(LeakedThread thread) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", thread.id());
        map.put("name", thread.name());
        map.put("virtual", thread.virtual());
        map.put("daemon", thread.daemon());
        map.put("state", thread.state());
        map.put("parkedOn", thread.blocker());
        map.put("stack", frames(thread.stack()));
        return map;
    }

    private static Map<String, @Nullable Object> failure(Origin.Unobserved failure) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", failure.id());
        map.put("path", failure.path());
        map.put("failure", failure.failure().toString());
        map.put("stack", frames(List.of(failure.failure().getStackTrace())));
        return map;
    }

    private static List<String> frames(List<StackTraceElement> frames) {
        return frames.stream().map(StackTraceElement::toString).toList();
    }

    private void write(@Nullable Object value, String indent) {
        switch (value) {
            case null -> out.append("null");
            case Number number -> out.append(number);
            case Boolean bool -> out.append(bool);
            case Map<?, ?> map -> writeMap(map, indent);
            case Collection<?> list -> writeList(list, indent);
            default -> writeText(value.toString());
        }
    }

    private void writeMap(Map<?, ?> map, String indent) {
        String inner = indent + "  ";
        String separator = "{\n";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator).append(inner);
            writeText(String.valueOf(entry.getKey()));
            out.append(": ");
            write(entry.getValue(), inner);
            separator = ",\n";
        }
        out.append('\n').append(indent).append('}');
    }

    private void writeList(Collection<?> list, String indent) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        String inner = indent + "  ";
        String separator = "[\n";
        for (Object item : list) {
            out.append(separator).append(inner);
            write(item, inner);
            separator = ",\n";
        }
        out.append('\n').append(indent).append(']');
    }

    private void writeText(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || Character.isSurrogate(c)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
