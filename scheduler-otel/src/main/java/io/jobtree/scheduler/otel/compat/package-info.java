/// What differs between the versions of `opentelemetry-api`, from 1.49 on: nothing else calls what 1.49 lacks.
package io.jobtree.scheduler.otel.compat;
