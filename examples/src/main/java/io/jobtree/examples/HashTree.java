package io.jobtree.examples;

/// Prints where it would hash files.
final class HashTree {
    private HashTree() {}

    public static void main(String[] args) {
        System.out.println(java.nio.file.Path.of("").toAbsolutePath() + " " + java.util.List.of(args));
    }
}
