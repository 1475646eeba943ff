/// `jobtree top`: what the jobs of another JVM do, live in a terminal.
@NullMarked
package io.jobtree.top;

import org.jspecify.annotations.NullMarked;
