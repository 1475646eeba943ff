/// `sha256sum` over directory trees: [HashTree]. A path is handled as a *byte string* in it: a `String` with
/// one character, 0 to 255, for each byte, so that names in any encoding, and in none, come out as they are;
/// see [Names].
@NullMarked
package io.jobtree.hashtree;

import org.jspecify.annotations.NullMarked;
