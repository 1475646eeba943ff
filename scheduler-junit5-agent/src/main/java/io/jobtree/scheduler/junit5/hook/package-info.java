/// What the changed classes of the JDK call.
@org.jspecify.annotations.NullMarked
package io.jobtree.scheduler.junit5.hook;
