package io.jobtree.scheduler;

import io.jobtree.scheduler.engine.JobImpl;
import io.jobtree.scheduler.engine.Paths;
import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.text.Texts;
import java.lang.System.Logger.Level;

/// The default failure handler: logs at ERROR.
enum LoggingFailureHandler implements FailureHandler {
    /// The only one.
    INSTANCE;

    @Override
    public void onFailure(Job<?> job, Throwable failure) {
        // A straggler is logged by close, whatever the handler; its exception says it all.
        if (!(failure instanceof StragglerException)) {
            var what = job.state() == JobState.CANCELLED
                    ? " threw after it was cancelled"
                    : " failed and nobody was waiting for it";
            Log.log(
                    Level.ERROR,
                    "Job '" + Texts.printable(Paths.upTo((JobImpl<?>) job)) + "' #" + job.id() + what,
                    failure);
        }
    }
}
