/// What this module finds around it: the version of `opentelemetry-api`, from 1.49 on (nothing else calls what 1.49
/// lacks), settings, and the log.
package io.jobtree.scheduler.otel.compat;
