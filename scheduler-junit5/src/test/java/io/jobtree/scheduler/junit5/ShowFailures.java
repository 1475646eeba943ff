package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.junit5.fixture.Leaky;
import org.junit.platform.engine.TestExecutionResult;

/// Prints failures, for people to look at.
final class ShowFailures {
    private ShowFailures() {}

    public static void main(String... args) {
        Kit.run(Leaky.class).testEvents().finished().stream()
                .forEach(event -> event.getPayload(TestExecutionResult.class)
                        .flatMap(TestExecutionResult::getThrowable)
                        .ifPresent(thrown -> {
                            System.out.println("=".repeat(100));
                            if (args.length > 0) {
                                thrown.printStackTrace(System.out);
                            } else {
                                System.out.println(thrown.getMessage());
                            }
                        }));
    }
}
