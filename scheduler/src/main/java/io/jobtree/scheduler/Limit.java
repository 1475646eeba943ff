package io.jobtree.scheduler;

import io.jobtree.scheduler.engine.Gate;
import io.jobtree.scheduler.platform.Checks;
import io.jobtree.scheduler.platform.Stack;
import io.jobtree.scheduler.text.Texts;

/// A limit shared by jobs of any scope or scheduler, such as "at most 64 open files in this tree".
///
/// ```java
/// Limit files = Limit.of("files", 64);
/// scope.spawn(JobOptions.named("hash").withSharedLimit(files), () -> hash(file));
/// ```
///
/// A job takes its scope's place first, then a place here, and holds and gives up both together. While
/// it waits for either it is pending and has no thread.
///
/// **Threads:** any thread may call anything.
public final class Limit {
    private final String name;
    private final Gate gate;

    private Limit(String name, int places) {
        this.name = name;
        this.gate = Gate.shared(this, places);
    }

    /// Makes a limit.
    ///
    /// @param name what it limits; shown in messages
    /// @param places how many jobs may hold a place at once
    /// @return the limit
    /// @throws IllegalArgumentException if the name is blank, or `places` is not positive
    public static Limit of(String name, int places) {
        return new Limit(Checks.name(name), Checks.positive(places, "places"));
    }

    /// What it limits.
    ///
    /// @return the name
    public String name() {
        return name;
    }

    /// How many jobs may hold a place at once.
    ///
    /// @return the number of places
    public int places() {
        return gate.places();
    }

    /// How many places are held now.
    ///
    /// @return the number of places
    public int taken() {
        return gate.taken();
    }

    /// How many jobs wait for a place now.
    ///
    /// @return the number of jobs
    public int waiting() {
        Stack.ensureRoom();
        return gate.waiting();
    }

    Gate gate() {
        return gate;
    }

    @Override
    public String toString() {
        return "Limit '" + Texts.printable(name) + "' " + gate;
    }
}
