/// Jobs on virtual threads: they form trees, have limits and deadlines, and always end.
package io.jobtree.scheduler;
