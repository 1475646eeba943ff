/// Short programs, each a job that people have; examples/README.md says what each of them shows.
@NullMarked
package io.jobtree.examples;

import org.jspecify.annotations.NullMarked;
