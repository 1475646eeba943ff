/// What is there while it is measured: sleeping jobs and open scopes, of each library.
@NullMarked
package io.jobtree.benchmarks.sleep;

import org.jspecify.annotations.NullMarked;
