/// Writes a [io.jobtree.scheduler.JobTree] as text and as JSON (`Drawing`), and finds who waits for whom in it
/// (`Waits`), and who of them can end (`Endings`).
/// No API.
package io.jobtree.scheduler.picture;
