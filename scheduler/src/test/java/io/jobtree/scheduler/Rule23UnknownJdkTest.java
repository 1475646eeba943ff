package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag(TestOptions.FRESH_THREADS)
@DisplayName("R23: a JDK whose StructuredTaskScope has another shape is refused by open, which says what runs")
final class Rule23UnknownJdkTest {
    private static final String SCOPE = "java/util/concurrent/StructuredTaskScope";

    private static final String PROGRAM = """
            import io.jobtree.scheduler.*;

            public class Program {
                public static void main(String[] args) {
                    for (var i = 0; i < 2; i++) {
                        try {
                            Scheduler.open("user");
                            System.out.println("opened");
                        } catch (IllegalStateException expected) {
                            System.out.println("refused: " + expected.getMessage());
                            expected.printStackTrace(System.out);
                        }
                    }
                    System.out.println("this is " + Runtime.version() + ", open are " + Scheduler.all());
                }
            }
            """;

    @TempDir
    private Path directory;

    @Tag("slow")
    @Test
    void open_whereAJoinerHasToImplementMore_isRefused() throws Exception {
        patch(
                "StructuredTaskScope$Joiner",
                ClassTransform.endHandler(joiner -> joiner.withMethod(
                        "unheardOf",
                        MethodTypeDesc.of(ConstantDescs.CD_Object),
                        ClassFile.ACC_PUBLIC | ClassFile.ACC_ABSTRACT,
                        method -> {})));
        assertRefused("unheardOf");
    }

    @Test
    @Tag("full")
    void open_whereForkIsGone_isRefused() throws Exception {
        patch(
                "StructuredTaskScope",
                ClassTransform.dropping(element -> element instanceof MethodModel method
                        && method.methodName().equalsString("fork")));
        assertRefused("fork");
    }

    @Test
    @Tag("full")
    void open_whereItThrows_isRefused() throws Exception {
        // A method that has no code is linked, and fails once it is called.
        patch("StructuredTaskScope", (scope, element) -> {
            if (element instanceof MethodModel method && isOpen(method)) {
                scope.withMethod(
                        method.methodName(),
                        method.methodType(),
                        method.flags().flagsMask(),
                        changed -> changed.withCode(code -> code.aconst_null().athrow()));
            } else {
                scope.with(element);
            }
        });
        assertRefused("NullPointerException");
    }

    private static boolean isOpen(MethodModel method) {
        return method.methodName().equalsString("open") && method.flags().has(AccessFlag.STATIC);
    }

    private void assertRefused(String why) throws Exception {
        var arguments = new ArrayList<>(List.of("--patch-module", "java.base=" + directory.resolve("patch")));
        arguments.addAll(UserProgram.compile(directory, PROGRAM).onClassPath());
        var run = Jdk.own().java(directory, arguments).assertSucceeded();
        assertThat(run.output().lines().filter(line -> line.startsWith("refused: ")))
                .as(run.output())
                .hasSize(2)
                .allMatch(line -> line.contains("JDK 25 to 28") && line.contains(Runtime.version() + ";"));
        // The second time too.
        assertThat(run.output().lines().filter(line -> line.startsWith("Caused by: ") && line.contains(why)))
                .as(run.output())
                .hasSizeGreaterThan(1);
        assertThat(run.output()).contains("open are []").doesNotContain("opened");
    }

    /// Has this JVM's own class stand in for the one that a later JDK may have.
    private void patch(String type, ClassTransform change) throws IOException {
        var original = FileSystems.getFileSystem(URI.create("jrt:/"))
                .getPath("modules", "java.base", "java", "util", "concurrent", type + ".class");
        ClassModel model = ClassFile.of().parse(Files.readAllBytes(original));
        var changed = directory.resolve("patch", SCOPE).resolveSibling(type + ".class");
        Files.createDirectories(changed.getParent());
        Files.write(changed, ClassFile.of().transformClass(model, change));
    }
}
