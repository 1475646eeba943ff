/// Jobs whose bodies run in other JVMs, on [Temporal](https://temporal.io).
///
/// Bodies run **at least once**: after a crash, a lost network or a closed worker another attempt is made, and the one
/// before it may have done all of its work. So a body must be safe to repeat.
@NullMarked
package io.jobtree.scheduler.temporal;

import org.jspecify.annotations.NullMarked;
