/// What is found by itself where this module is on the path: see the documentation of the exported package.
package io.jobtree.scheduler.otel.autoconfigure;
