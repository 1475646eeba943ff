package io.jobtree.hashtree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `--verify` says what `sha256sum -c` says.
final class HashTreeVerifyTest {
    @TempDir
    private Path directory;

    private Program program;

    @BeforeEach
    void makeFiles() {
        program = Program.in(directory);
        program.shell("""
                printf 1 > good; printf 2 > bad; printf 3 > gone; mkdir dir; printf 7 > ' space'
                printf 4 > "$(printf 'new\\nl\\\\i\\rne')"; printf 5 > "$(printf 'caf\\303\\251')"; printf 6 > "$(printf '\\377')"
                find . -type f ! -name sums -exec sha256sum {} + > sums
                """);
    }

    @Test
    void allGood_isOk() {
        var verified = assertSame();

        assertThat(verified.exitCode()).isZero();
        assertThat(verified.err()).isEmpty();
        assertThat(verified.lines()).hasSize(7).allMatch(line -> line.endsWith(": OK"));
    }

    @Test
    void ownOutput_isVerified() {
        var hashed = program.hashtree("bad", "good", "gone");
        Trees.file(directory, "sums", hashed.out());

        assertThat(assertSame()).isEqualTo(new Program.Result(0, "bad: OK\ngone: OK\ngood: OK\n", ""));
    }

    @Test
    void badAndMissing_areToldAndCounted() {
        program.shell("printf 0 > bad; rm gone; echo \"$(sha256sum good | cut -c1-64)  dir\" >> sums; echo x >> sums");

        var verified = assertSame();

        assertThat(verified.exitCode()).isEqualTo(1);
        assertThat(verified.out()).contains("./good: OK\n", "./bad: FAILED\n", "./gone: FAILED open or read\n");
        assertThat(verified.err()).contains("WARNING: 1 line is", "WARNING: 2 listed files", "WARNING: 1 computed");
    }

    @Test
    void severalOfEach_areCountedInThePlural() {
        program.shell("printf 0 > bad; printf 0 > good; rm gone; mv ' space' a; echo x >> sums; echo y >> sums");

        assertThat(assertSame().err()).contains("WARNING: 2 lines are", "WARNING: 2 listed", "WARNING: 2 computed");
    }

    @Test
    void improperLinesAlone_areWarnedOf() {
        program.shell("echo x >> sums");

        assertThat(assertSame().exitCode()).isZero();
    }

    /// HEX and BAD stand for the digest of the file `good` and for another one.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HEX\\t good\\n",
                "HEX good\\nHEX  good\\nHEX *good\\n",
                "SHA256 (good) = BAD\\n",
                "\\\\HEX  go\\\\\\\\od\\nHEX  good\\n",
            })
    void line_isReadAsSha256sumDoes(String lines) {
        program.shell("printf 1 > 'go\\od'; printf \"$1\" > sums", lines);
        program.shell("sed -i \"s/HEX/$(sha256sum good | cut -c1-64)/; s/BAD/$(sha256sum bad | cut -c1-64)/\" sums");

        assertSame();
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HEX  good",
                "HEX *good",
                "HEX  good\\r\\n",
                "  \\t HEX  good\\n",
                "HEX good\\nHEX  space\\n",
                "HEX  good\\nHEX good\\n",
                "# HEX  good\\n\\n\\r\\nHEX  good\\n",
                " # HEX  good\\nHEX  good\\n",
                "SHA256 (good) = HEX\\n",
                "SHA256(good)= HEX\\n",
                "SHA256 (good)=\\tHEX\\n",
                "SHA256  (good) = HEX\\n",
                "SHA256 (good) = HEX \\n",
                "SHA256 (good) = HE\\n",
                "SHA256 good = HEX\\n",
                "SHA256 (go)od) HEX\\n",
                "SHA256\\n",
                "MD5 (good) = HEX\\n",
                "HEX0  good\\n",
                "0HEX  good\\n",
                "HEX\\n",
                "HEX \\n",
                "HEX  \\n",
                "HEX  good\\0more\\n",
                "\\\\HEX  good\\\\\\nHEX  good\\n",
                "\\\\HEX  go\\\\xod\\nHEX  good\\n",
                "\\\\SHA256 (good) = HEX\\n",
                "HEX  -\\n",
                "BAD  good\\nHEX  good\\nBAD  good\\n",
                "nothing\\n",
                "",
            })
    void anyLine_isReadAsSha256sumDoes(String lines) {
        line_isReadAsSha256sumDoes(lines);
    }

    @Test
    void upperCaseDigest_isRead() {
        program.shell("echo \"$(sha256sum good | cut -c1-64 | tr a-f A-F)  good\" > sums");

        assertThat(assertSame().out()).isEqualTo("good: OK\n");
    }

    @Test
    void listFromStandardInput_isVerified() {
        var verified = program.shell("'" + String.join("' '", Program.hashtreeCommand()) + "' --verify - < sums");

        assertThat(verified).isEqualTo(program.shell("sha256sum -c - < sums"));
        assertThat(verified.lines()).hasSize(7);
    }

    @Test
    void listThatIsNotThere_isAProblem() {
        program.shell("rm sums");

        assertThat(assertSame().exitCode()).isEqualTo(1);
    }

    @Tag("slow")
    @Test
    void manyMoreFilesThanAreKeptInMind_areVerifiedInOrder() {
        program.shell("mkdir many; for i in $(seq 9000); do echo $i > many/$i; done; sha256sum many/* > sums");

        assertThat(assertSame().lines()).hasSize(9000);
    }

    private Program.Result assertSame() {
        var verified = program.hashtree("--verify", "sums");
        var reference = program.shell("sha256sum -c sums </dev/null");
        // It has its own name in its messages, and quotes a name that a shell would not take.
        var err = reference.err().replace("sha256sum: ", "hashtree: ").replaceAll("'(.+)'(?=: No such)", "$1");
        assertThat(verified).isEqualTo(new Program.Result(reference.exitCode(), reference.out(), err));
        return verified;
    }
}
