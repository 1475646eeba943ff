/// Small lives of schedulers, in each of which one step of the engine throws.
@NullMarked
package io.jobtree.proof.faults;

import org.jspecify.annotations.NullMarked;
