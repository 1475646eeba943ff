package io.jobtree.hashtree;

import io.jobtree.scheduler.JobTimeoutException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Failures in the system's words.
final class Reasons {
    private Reasons() {}

    static String of(Throwable failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "No such file or directory";
            case NotDirectoryException _ -> "Not a directory";
            case AccessDeniedException _ -> "Permission denied";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            case IOException e when e.getMessage() != null -> e.getMessage();
            case JobTimeoutException e -> String.valueOf(e.getMessage());
            default -> failure.toString();
        };
    }
}
