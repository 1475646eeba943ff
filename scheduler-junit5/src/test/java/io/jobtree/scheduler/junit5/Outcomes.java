package io.jobtree.scheduler.junit5;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/// How the tests and containers of a run ended, by their display names without parentheses.
record Outcomes(Map<String, TestExecutionResult> byName) {
    static Outcomes of(Class<?>... fixtures) {
        return of(Kit.engine(fixtures));
    }

    /// Of a suite that auto-detection checks, with a grace that is soon over.
    static Outcomes run(Class<?> suite) {
        return of(Kit.autoDetected(suite).configurationParameter("jobtree.leaks.grace", "20"));
    }

    static Outcomes of(EngineTestKit.Builder kit) {
        EngineExecutionResults results = kit.execute();
        Map<String, TestExecutionResult> byName = new LinkedHashMap<>();
        for (Event event : results.allEvents().finished().list()) {
            String name = event.getTestDescriptor().getDisplayName().replaceAll("\\(.*|.*\\$", "");
            byName.put(name, event.getRequiredPayload(TestExecutionResult.class));
        }
        return new Outcomes(byName);
    }

    /// `ok`, `leaked`, `failed: MESSAGE` or `aborted`
    String of(String name) {
        TestExecutionResult result = byName.get(name);
        if (result == null) {
            return "not run; these were: " + byName.keySet();
        }
        if (result.getStatus() == Status.ABORTED) {
            return "aborted";
        }
        Throwable thrown = result.getThrowable().orElse(null);
        if (thrown == null) {
            return "ok";
        }
        return thrown instanceof LeakedJobsError ? "leaked" : "failed: " + thrown.getMessage();
    }

    Throwable thrown(String name) {
        return byName.get(name).getThrowable().orElseThrow();
    }

    /// Whose result is not `ok`.
    String bad() {
        var bad = new StringBuilder();
        for (String name : byName.keySet()) {
            if (!of(name).equals("ok")) {
                bad.append(bad.isEmpty() ? "" : ", ").append(name).append(": ").append(of(name));
            }
        }
        return bad.toString();
    }
}
