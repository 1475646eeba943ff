/// What rewrites the engine as it is loaded, and what the rewritten engine calls.
@NullMarked
package io.jobtree.proof.agent;

import org.jspecify.annotations.NullMarked;
