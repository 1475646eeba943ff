package io.jobtree.scheduler.synctest;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Jobtree's schedulers, where Jobtree is there: by reflection, since this module depends on no other.
final class OpenSchedulers {
    private static final String SCHEDULER = "io.jobtree.scheduler.Scheduler";

    private final List<Object> before;

    private OpenSchedulers(List<Object> before) {
        this.before = before;
    }

    static OpenSchedulers now() {
        return new OpenSchedulers(all());
    }

    void ensureNoneIsNew() {
        List<Object> left = all();
        left.removeAll(before);
        if (!left.isEmpty()) {
            StringBuilder text = new StringBuilder("The test leaves open");
            for (Object scheduler : left) {
                text.append("\n  ").append(call(scheduler, "tree").toString().replace("\n", "\n  "));
            }
            throw new LeftoverError(text + "\n  close each in the test");
        }
    }

    private static List<Object> all() {
        try {
            Class<?> type =
                    Class.forName(SCHEDULER, false, Thread.currentThread().getContextClassLoader());
            return new ArrayList<>((Collection<?>) type.getMethod("all").invoke(null));
        } catch (ReflectiveOperationException | LinkageError noJobtree) {
            return new ArrayList<>();
        }
    }

    private static Object call(Object scheduler, String name) {
        try {
            Method method = scheduler.getClass().getMethod(name);
            return method.invoke(scheduler);
        } catch (ReflectiveOperationException otherVersion) {
            return scheduler;
        }
    }
}
