package io.jobtree.scheduler.junit5.agent;

import com.sun.tools.attach.VirtualMachine;

/// Loads the agent into another JVM: `java -cp scheduler-junit5-agent.jar io.jobtree.scheduler.junit5.agent.Attach PID
/// JAR`.
public final class Attach {
    private Attach() {}

    /// Attaches, loads, detaches.
    ///
    /// @param args the process id of that JVM and the agent's jar
    /// @throws Exception if it does not let itself be attached to
    public static void main(String... args) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(args[0]);
        try {
            machine.loadAgent(args[1]);
        } finally {
            machine.detach();
        }
    }
}
