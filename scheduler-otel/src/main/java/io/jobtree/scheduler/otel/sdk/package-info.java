/// What an application that builds its own SDK adds to it: spans of jobs that are not done at exit, and sampling
/// that keeps linked traces together. With `opentelemetry-sdk-extension-autoconfigure` both are added by
/// themselves.
package io.jobtree.scheduler.otel.sdk;
