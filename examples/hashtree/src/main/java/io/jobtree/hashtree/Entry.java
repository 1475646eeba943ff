package io.jobtree.hashtree;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A file or directory of the tree.
///
/// @param path where it is
/// @param shown its path as it is printed, a byte string; a directory's ends with a slash, so that what is
///     sorted by it is sorted as the files below are
/// @param kind what it is
/// @param size the file's size when it was listed
record Entry(Path path, String shown, Kind kind, long size) {
    /// What `find -type` tells apart here.
    enum Kind {
        FILE,
        DIRECTORY,
        OTHER
    }

    /// What an argument names. A symbolic link is followed only if a slash is after it.
    static Entry given(String argument) throws IOException {
        if (argument.isEmpty()) {
            throw new NoSuchFileException(argument);
        }
        boolean slash = argument.endsWith("/");
        var options = slash ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
        var path = Names.pathOf(argument);
        var attributes = Files.readAttributes(path, BasicFileAttributes.class, options);
        if (slash && !attributes.isDirectory()) {
            throw new NotDirectoryException(argument);
        }
        return of(path, argument, attributes);
    }

    /// What is in this directory, sorted by the bytes of the paths below, without what is neither file nor
    /// directory.
    ///
    /// What cannot be looked at, as something that has vanished, is an entry like a file: who opens it will say
    /// why.
    List<Entry> list() throws IOException {
        var entries = new ArrayList<Entry>();
        try (var listed = Files.newDirectoryStream(path)) {
            for (var child : listed) {
                var entry = look(child);
                if (entry.kind != Kind.OTHER) {
                    entries.add(entry);
                }
            }
        } catch (DirectoryIteratorException failed) {
            throw failed.getCause();
        }
        entries.sort(Comparator.comparing(Entry::shown));
        return entries;
    }

    private Entry look(Path child) {
        var name = shown + Names.nameOf(child);
        try {
            return of(child, name, Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException unknown) {
            return new Entry(child, name, Kind.FILE, 0);
        }
    }

    private static Entry of(Path path, String shown, BasicFileAttributes attributes) {
        if (attributes.isDirectory()) {
            return new Entry(path, shown.endsWith("/") ? shown : shown + '/', Kind.DIRECTORY, 0);
        }
        return new Entry(path, shown, attributes.isRegularFile() ? Kind.FILE : Kind.OTHER, attributes.size());
    }

    /// The last name, for a person.
    String name() {
        var whole = shown.length() > 1 && shown.endsWith("/") ? shown.substring(0, shown.length() - 1) : shown;
        return Names.readable(whole.substring(whole.lastIndexOf('/') + 1));
    }
}
