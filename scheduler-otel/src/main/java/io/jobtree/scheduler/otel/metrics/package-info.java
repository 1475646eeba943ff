/// The instruments, and what is kept for them.
package io.jobtree.scheduler.otel.metrics;
