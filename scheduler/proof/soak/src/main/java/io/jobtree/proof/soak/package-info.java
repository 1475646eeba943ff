/// Schedulers for a long time, by the million, and killed.
@NullMarked
package io.jobtree.proof.soak;

import org.jspecify.annotations.NullMarked;
