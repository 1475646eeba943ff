/// The agent that reports to the leak check where executors, task scopes and threads were made.
@org.jspecify.annotations.NullMarked
package io.jobtree.scheduler.junit5.agent;
