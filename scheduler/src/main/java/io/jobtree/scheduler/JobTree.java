package io.jobtree.scheduler;

import io.jobtree.scheduler.picture.Drawing;
import io.jobtree.scheduler.picture.Waits;
import io.jobtree.scheduler.platform.Stack;
import io.jobtree.scheduler.text.Texts;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A frozen picture of a job, or of a scheduler, and the unfinished jobs below it. `toString` draws it:
///
/// ```
/// orders  open, 2 active, 1 pending
/// ├── page #17      RUNNING  1.2 s  waits for user #18, 3.8 s left
/// │   ├── user #18  RUNNING  1.2 s  3.8 s left
/// │   └── cart #19  RUNNING  1.2 s  3.8 s left
/// └── mail #20      PENDING   3 ms  waits for a place in orders, held by page #17, audit #3
/// ```
///
/// Each job is looked at in passing, so one that moves meanwhile may be shown where it was a moment
/// before or after.
///
/// @param name the name of the job or scheduler
/// @param path the names from the scheduler down to it; of the last 32 only, after `…`, where there are more
/// @param id the job's id; 0 for a scheduler
/// @param state the job's state; empty for a scheduler
/// @param age the time since the job was spawned; zero for a scheduler
/// @param left the time left until the nearest deadline, zero where that has passed; empty without a
///     deadline
/// @param waitsFor what the job waits for; empty where it does not, or in a way that Jobtree cannot see
/// @param note how a scheduler stands, or what else there is to say of a job; may be empty
/// @param children the unfinished jobs in its scope, oldest first
public record JobTree(
        String name,
        String path,
        long id,
        Optional<JobState> state,
        Duration age,
        Optional<Duration> left,
        Optional<Wait> waitsFor,
        String note,
        List<JobTree> children) {
    /// Takes a copy of the children.
    public JobTree {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(age, "age");
        Objects.requireNonNull(left, "left");
        Objects.requireNonNull(waitsFor, "waitsFor");
        Objects.requireNonNull(note, "note");
        children = List.copyOf(Objects.requireNonNull(children, "children"));
    }

    /// What a job waits for.
    ///
    /// @param kind what kind of thing
    /// @param name the name of the job or the limit, or the path of the scope: of the last 32 names only, after
    ///     `…`, where there are more
    /// @param timed whether the wait ends by itself after some time
    /// @param jobs who can end the wait: the job waited for; each job that holds a place
    public record Wait(Kind kind, String name, boolean timed, List<Ref> jobs) {
        /// Takes a copy of the jobs.
        public Wait {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(name, "name");
            jobs = List.copyOf(Objects.requireNonNull(jobs, "jobs"));
        }

        @Override
        public String toString() {
            return "Wait[kind=" + kind + ", name=" + Texts.printable(name) + ", timed=" + timed + ", jobs=" + jobs
                    + ']';
        }
    }

    /// What kind of thing a job waits for.
    public enum Kind {
        /// The end of another job, and of everything below that.
        JOB,
        /// A place in the limit of its scope, or in a shared one.
        PLACE,
        /// Room among the pending jobs of a scope into which it spawns.
        ROOM,
        /// The end of all jobs of a scope.
        IDLE
    }

    /// A job by its names.
    ///
    /// @param id its id
    /// @param name its name
    public record Ref(long id, String name) {
        /// Makes one.
        public Ref {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String toString() {
            return "Ref[id=" + id + ", name=" + Texts.printable(name) + ']';
        }
    }

    /// Whether another picture shows the same, at every level.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JobTree tree && Drawing.isSame(this, tree);
    }

    @Override
    public int hashCode() {
        // Not of all levels: there may be more of them than a stack has room for.
        return Objects.hash(name, path, id, state, age, left, waitsFor, note, children.size());
    }

    /// The number of jobs in this picture, this one included unless it is a scheduler.
    ///
    /// @return the number of jobs
    public int size() {
        return Drawing.size(this);
    }

    /// Says who waits for whom: a line for each job that waits for another, one for each limit that jobs
    /// wait for, with those that hold its places, and one for each cycle of waiting jobs of this picture, which
    /// none of them will leave but by a cancel or a deadline:
    ///
    /// ```
    /// page #17 waits for user #18
    /// user #18 waits for page #17
    /// deadlock: page #17 waits for user #18, user #18 waits for page #17
    /// ```
    ///
    /// Waits with a timeout are in no cycle. A wait for a job's future is taken for one for the job: nobody can see
    /// whether somebody else is to complete it.
    ///
    /// @return the lines; empty where nobody waits
    public String waits() {
        return new Waits(this).report();
    }

    /// This picture as JSON, with an object for each job:
    ///
    /// ```
    /// {"name": "mail", "path": "orders/mail", "id": 20, "state": "PENDING", "ageSeconds": 0.003200,
    /// "secondsLeft": 3.800000,
    /// "waitsFor": {"kind": "PLACE", "name": "orders", "timed": false, "jobCount": 1,
    ///               "jobs": [{"id": 17, "name": "page"}]},
    /// "deadlock": true, "note": "shielded", "children": []}
    /// ```
    ///
    /// A scheduler has no `id`, `state` and `ageSeconds`. `secondsLeft`, `waitsFor`, `deadlock` and `note`
    /// are there where there is something to say. Of those that can end a wait `jobs` names 16 at most.
    /// Names may be added in later versions, and none will change.
    ///
    /// @return one JSON object, without line feeds
    public String toJson() {
        Stack.ensureMuchRoom();
        return Drawing.toJson(this);
    }

    /// Draws the tree, one line for each job. Where a scope has very many jobs, or the tree is very
    /// deep or long, the rest is counted.
    @Override
    public String toString() {
        Stack.ensureMuchRoom();
        return Drawing.draw(this);
    }
}
