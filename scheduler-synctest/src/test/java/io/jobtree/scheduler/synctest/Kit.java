package io.jobtree.scheduler.synctest;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/// Runs tests: a fixture's, on a thread outside of any bubble; or whole classes, in a JVM of their own.
public final class Kit {
    private Kit() {}

    /// @param names of the tests that were run
    record Result(List<String> names, List<Throwable> failures) {
        Throwable failure() {
            if (failures.size() != 1) {
                throw new AssertionError("expected one failure: " + failures);
            }
            return failures.getFirst();
        }
    }

    /// Before the names of the classes: also the tests that take long.
    static final String ALL = "--all";

    /// Runs the default tests of the classes, or all, and prints how many failed, and how.
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) {
        boolean all = arguments[0].equals(ALL);
        EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                .selectors(Stream.of(arguments)
                        .skip(all ? 1 : 0)
                        .map(DiscoverySelectors::selectClass)
                        .toArray(DiscoverySelector[]::new))
                .filters(TagFilter.excludeTags(all ? "none" : "full"))
                .execute();
        results.allEvents().failed().debug(System.out);
        System.out.println(results.testEvents().succeeded().count() + " tests passed, failures: "
                + results.allEvents().failed().count());
    }

    static Result run(Class<?> fixture, String method, Class<?>... parameters) {
        Callable<Result> run = () -> execute(fixture, method, parameters);
        try {
            return Bubble.outside(run);
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private static Result execute(Class<?> fixture, String method, Class<?>... parameters) {
        EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(fixture, method, parameters))
                .execute();
        List<Event> finished = results.testEvents().finished().list();
        return new Result(
                finished.stream()
                        .map(event -> event.getTestDescriptor().getDisplayName())
                        .toList(),
                results.allEvents().finished().stream()
                        .flatMap(event -> event.getPayload(TestExecutionResult.class).stream())
                        .flatMap(result -> result.getThrowable().stream())
                        .toList());
    }
}
