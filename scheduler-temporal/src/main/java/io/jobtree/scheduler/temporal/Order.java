package io.jobtree.scheduler.temporal;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;

/// What is to be done, as it travels.
///
/// @param name of the activity or workflow
/// @param path of the job that asks for it
/// @param kind of work
/// @param options with the timeout that the job's deadline leaves
record Order(String name, String path, Kind kind, RemoteOptions options) {
    enum Kind {
        /// One activity, in a workflow of its own.
        ACTIVITY,
        /// An activity for each element of a list.
        BATCH,
        /// A workflow that the workers have an implementation of.
        WORKFLOW
    }

    ActivityOptions activityOptions() {
        return ActivityOptions.newBuilder()
                .setTaskQueue(options.queue())
                .setHeartbeatTimeout(options.heartbeat())
                .setScheduleToCloseTimeout(options.timeout())
                .setRetryOptions(options.retries())
                .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                .setSummary(path)
                .build();
    }
}
