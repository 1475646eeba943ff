/// Random operations on schedulers whose engine is late at its atomic steps, against a model.
@NullMarked
package io.jobtree.proof.delays;

import org.jspecify.annotations.NullMarked;
