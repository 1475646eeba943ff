/// How trees, names and durations are written; shared with Jobtree's other modules, and no API.
package io.jobtree.scheduler.text;
