package io.jobtree.hashtree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Standard output is that of `find -type f | sort | xargs sha256sum`, byte for byte.
final class HashTreeOutputTest {
    @TempDir
    private Path directory;

    /// Names that are hard to print, to sort, or to decode.
    private static final String ODD_TREE = """
            mkdir -p d/sub d/a d/-dash "$(printf 'd/caf\\303\\251')" d/empty
            printf 1 > 'd/with space'
            printf 2 > "$(printf 'd/new\\nline')"
            printf 3 > 'd/back\\slash'
            printf 4 > "$(printf 'd/carriage\\rreturn')"
            printf 5 > "$(printf 'd/caf\\303\\251/na\\303\\257ve')"
            printf 6 > "$(printf 'd/not\\377utf8')"
            printf 7 > "$(printf 'd/\\355\\240\\200surrogate')"
            printf 8 > d/-dash/-n
            printf 9 > d/.hidden
            : > d/empty-file
            : > 'd/ '
            : > 'd/%41'
            : > "$(printf 'd/\\001\\033[1m')"
            : > d/a-b; : > d/a.b; : > d/a/b; : > d/a0; : > d/A
            ln -s sub d/link; ln -s a-b d/link-to-file; ln -s nowhere d/broken
            mkfifo d/pipe
            printf 10 > d/sub/file
            """;

    @ParameterizedTest
    @ValueSource(strings = {"C.UTF-8", "C"})
    void oddNames_areAsSha256sumPrintsThem(String locale) {
        var program = Program.in(directory).withEnvironment("LC_ALL", locale);
        program.shell(ODD_TREE);

        assertSame(program, 19, "d");
    }

    @Test
    void noDirectory_isTheWorkingDirectory() {
        var program = Program.in(directory);
        program.shell(ODD_TREE);

        assertThat(program.hashtree()).isEqualTo(program.sha256sum("."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"d/", "d//", "./d", "d/../d", "d/a/b", "d/link/", "d/caf\u00e9"})
    void directory_isPrintedAsGiven(String given) {
        var program = Program.in(directory);
        program.shell(ODD_TREE);

        assertThat(program.hashtree(given)).isEqualTo(program.sha256sum(given));
    }

    @ParameterizedTest
    @ValueSource(strings = {"d/link", "d/link-to-file", "d/broken", "d/pipe", "d/empty"})
    void neitherFileNorDirectory_printsNothing(String given) {
        var program = Program.in(directory);
        program.shell(ODD_TREE);

        assertThat(program.hashtree(given)).isEqualTo(new Program.Result(0, "", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"C.UTF-8", "C"})
    void directoryInAnyEncoding_isFound(String locale) {
        var program = Program.in(directory).withEnvironment("LC_ALL", locale);
        program.shell(ODD_TREE + "mkdir \"$(printf 'latin\\351')\"; cp d/.hidden \"$(printf 'latin\\351/\\350')\"");
        var java = String.join("' '", Program.hashtreeCommand());

        var hashed = program.shell("'" + java + "' \"$(printf 'latin\\351')\" \"$(printf 'd/caf\\303\\251')\"");

        assertThat(hashed).isEqualTo(program.shell("sha256sum \"$(printf 'd/caf\\303\\251')\"/* latin*/*"));
        assertThat(hashed.lines()).hasSize(2);
    }

    @Test
    void workingDirectoryThatTheLocaleCannotExpress_isFound() {
        var program = Program.in(directory).withEnvironment("LC_ALL", "C");
        program.shell("mkdir -p \"$(printf 'caf\\303\\251')/d\"; printf 1 > \"$(printf 'caf\\303\\251')/d/file\"");
        var java = String.join("' '", Program.hashtreeCommand());

        var hashed = program.shell("cd caf*; '" + java + "' d");

        assertThat(hashed).isEqualTo(program.shell("cd caf*; sha256sum d/file"));
        assertThat(hashed.lines()).hasSize(1);
    }

    @Test
    void severalDirectories_areSortedAsOne() {
        var program = Program.in(directory);
        program.shell(ODD_TREE + "mkdir d.x e; : > d.x/1; : > e/2");

        assertSame(program, 22, "e", "d", "d.x", "d/a");
    }

    @Test
    void overlappingDirectories_areHashedOnceForEach() {
        var program = Program.in(directory);
        program.shell("mkdir -p a/b; : > a/0; : > a/b/1; : > a/b.c; : > a/z");

        assertSame(program, 14, ".", "a", "a/b", "a/", "./a/z");
    }

    @Test
    void manyFilesAsArguments_areHashed() {
        var program = Program.in(directory);
        program.shell("mkdir d; for i in $(seq 300); do echo $i > d/$i; done");

        assertThat(program.shell("'" + String.join("' '", Program.hashtreeCommand()) + "' d/*"))
                .isEqualTo(program.shell("sha256sum d/*"));
    }

    @Tag("full")
    @Test
    void thousandLevels_areHashed() {
        var program = Program.in(directory);
        program.shell("d=.; for i in $(seq 1000); do d=$d/d; done; mkdir -p $d; f=.;"
                + "for i in $(seq 1000); do f=$f/d; echo $i > $f/f; done");

        assertSame(program, 1000, ".");
    }

    @Tag("slow")
    @Test
    void fiftyThousandFilesInOneDirectory_areHashed() throws IOException {
        for (int i = 0; i < 50_000; i++) {
            Files.writeString(directory.resolve("f" + i), "content " + i);
        }

        assertSame(Program.in(directory), 50_000, ".");
    }

    @Test
    void oneJob_isEnough() {
        var program = Program.in(directory);
        program.shell(ODD_TREE);

        assertThat(program.hashtree("--jobs", "1", "d")).isEqualTo(program.sha256sum("d"));
    }

    private static void assertSame(Program program, int lines, String... directories) {
        var hashed = program.hashtree(directories);
        assertThat(hashed).isEqualTo(program.sha256sum(directories));
        assertThat(hashed.lines()).hasSize(lines);
    }
}
