package io.jobtree.scheduler.junit5.settings;

import io.jobtree.scheduler.junit5.NoLeakedJobs.After;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Failures;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Mode;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Scope;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Threads;
import java.util.List;

/// Settings where there is no JUnit to read them from.
public final class TestSettings {
    private TestSettings() {}

    public static Settings of(Threads threads) {
        return new Settings(
                500,
                Mode.FAIL,
                Scope.AUTO,
                After.CANCEL,
                threads,
                10,
                Failures.REPORT,
                SitePolicy.AUTO,
                List.of(),
                null);
    }
}
