package io.jobtree.scheduler.temporal;

import io.temporal.client.WorkflowClient;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A connection to a server.
record Connection(WorkflowServiceStubs stubs, WorkflowClient client) implements AutoCloseable {
    static Connection to(String server) {
        try {
            var profile =
                    ClientConfigProfile.load().toBuilder().setAddress(server).build();
            var stubs = WorkflowServiceStubs.newServiceStubs(profile.toWorkflowServiceStubsOptions());
            var options = profile.toWorkflowClientOptions().toBuilder()
                    .setContextPropagators(List.of(new HeaderPropagator()))
                    .build();
            return new Connection(stubs, WorkflowClient.newInstance(stubs, options));
        } catch (IOException failure) {
            throw new UncheckedIOException("the configuration of Temporal's clients cannot be read", failure);
        }
    }

    @Override
    public void close() {
        stubs.shutdownNow();
        stubs.awaitTermination(1, TimeUnit.SECONDS);
    }
}
