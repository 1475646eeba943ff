package io.jobtree.scheduler.junit5.settings;

import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/// Warns of `jobtree.leaks.` parameters that nothing reads. Public for JUnit's sake: the launcher, which alone
/// knows the names of all parameters, registers it.
public final class UnknownParameters implements TestExecutionListener {
    /// JUnit makes the listener.
    public UnknownParameters() {}

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        Parameters.warnOfUnknown(plan.getConfigurationParameters().keySet());
    }
}
