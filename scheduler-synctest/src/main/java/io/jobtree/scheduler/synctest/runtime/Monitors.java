package io.jobtree.scheduler.synctest.runtime;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which monitors a bubble's threads own, and which they wait for, as the JDK's own thread dump has it.
final class Monitors {
    private static final Method OF = method("of", Thread.class);
    private static final Method BLOCKED_ON = method("blockedOn");
    private static final Method OWNED_AT = method("ownedMonitorsAt", int.class);
    private static final Method OWNS = method("ownsMonitors");
    private static final Method STACK = method("stackTrace");

    private final IdentityHashMap<Member, Object> blockedOn = new IdentityHashMap<>();
    private final IdentityHashMap<Member, Object> waitingOn = new IdentityHashMap<>();
    private final IdentityHashMap<Object, Thread> owners = new IdentityHashMap<>();

    private Monitors() {}

    static Monitors of(Collection<Member> members) {
        Monitors monitors = new Monitors();
        for (Member member : members) {
            if (Simulation.MONITORS.isAtMonitor(member.thread) || members.size() <= 1000) {
                monitors.read(member);
            }
        }
        return monitors;
    }

    private static Method method(String name, Class<?>... parameters) {
        try {
            Method method = Class.forName("jdk.internal.vm.ThreadSnapshot").getDeclaredMethod(name, parameters);
            method.setAccessible(true);
            return method;
        } catch (ReflectiveOperationException unknown) {
            throw new LinkageError("ThreadSnapshot has another shape: " + unknown, unknown);
        }
    }

    @SuppressWarnings("ReferenceEquality") // monitors are objects
    private void read(Member member) {
        try {
            Object snapshot = OF.invoke(null, member.thread);
            if (snapshot == null) {
                return;
            }
            put(blockedOn, member, ifThere(BLOCKED_ON, snapshot));
            if (Simulation.MONITORS.isInWaitSet(member.thread)) {
                put(waitingOn, member, member.waitsOn);
            }
            if ((boolean) OWNS.invoke(snapshot)) {
                int depth = ((StackTraceElement[]) STACK.invoke(snapshot)).length;
                for (int i = 0; i < depth; i++) {
                    ((Stream<?>) OWNED_AT.invoke(snapshot, i)).forEach(owned -> {
                        // A thread in Object.wait still shows the monitor that it has given up.
                        if (owned != null && owned != waitingOn.get(member) && owned != blockedOn.get(member)) {
                            owners.put(owned, member.thread);
                        }
                    });
                }
            }
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("ThreadSnapshot cannot be read", impossible);
        }
    }

    private static void put(IdentityHashMap<Member, Object> map, Member member, @Nullable Object monitor) {
        if (monitor != null) {
            map.put(member, monitor);
        }
    }

    /// The getters throw unless the thread is in their state.
    private static @Nullable Object ifThere(Method getter, Object snapshot) throws IllegalAccessException {
        try {
            return getter.invoke(snapshot);
        } catch (InvocationTargetException notInThisState) {
            return null;
        }
    }

    @Nullable
    Object waitedFor(Member member) {
        Object monitor = blockedOn.get(member);
        return monitor != null ? monitor : waitingOn.get(member);
    }

    boolean waitsToBeNotified(Member member) {
        return waitingOn.containsKey(member);
    }

    @Nullable
    Thread ownerOf(Object monitor) {
        return owners.get(monitor);
    }

    @Nullable
    Member blockedByOutside() {
        for (var entry : blockedOn.entrySet()) {
            if (!owners.containsKey(entry.getValue())) {
                return entry.getKey();
            }
        }
        return null;
    }
}
