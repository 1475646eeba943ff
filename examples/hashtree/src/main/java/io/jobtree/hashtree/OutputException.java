package io.jobtree.hashtree;

import java.io.IOException;

/// Standard output could not be written.
final class OutputException extends IOException {
    private static final long serialVersionUID = 1;

    OutputException(IOException cause) {
        super(Reasons.of(cause), cause);
    }

    /// Whether the reader has gone, as `head` does.
    boolean isBrokenPipe() {
        return "Broken pipe".equals(getMessage());
    }
}
