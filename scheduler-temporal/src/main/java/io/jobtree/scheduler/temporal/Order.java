package io.jobtree.scheduler.temporal;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;

/// What a workflow is to do, as it travels.
///
/// @param activity the name of the activity
/// @param path of the job that asks for it
/// @param batch whether its argument is a list, each element for an activity of its own
/// @param options with the timeout that the job's deadline leaves
record Order(String activity, String path, boolean batch, RemoteOptions options) {
    ActivityOptions activityOptions() {
        return ActivityOptions.newBuilder()
                .setTaskQueue(options.queue())
                .setHeartbeatTimeout(options.heartbeat())
                .setScheduleToCloseTimeout(options.timeout())
                .setRetryOptions(RetryOptions.newBuilder()
                        .setMaximumAttempts(options.attempts())
                        .build())
                .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                .setSummary(path)
                .build();
    }
}
