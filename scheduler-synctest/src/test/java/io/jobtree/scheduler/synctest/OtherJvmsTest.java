package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.synctest.corpus.CorpusTest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is seen only from a JVM of its own: one without the agent, one of an unknown shape, one of another JDK.
final class OtherJvmsTest {
    private static final Path OWN = Path.of(System.getProperty("java.home"));

    private static String agent() {
        return "-javaagent:" + System.getProperty("synctest.agent");
    }

    @Test
    void withoutTheAgent_aBubbleSaysHowToGetIt() throws Exception {
        assertThat(run(OWN, List.of(), MixedProgram.class, "1"))
                .contains("IllegalStateException: Bubbles need the agent: start the test JVM with -javaagent:");
    }

    @Tag("slow")
    @Test
    void withoutTheAgent_anAnnotatedTestSaysHowToGetIt() throws Exception {
        assertThat(run(
                        OWN,
                        List.of(),
                        Kit.class,
                        VirtualTimeTest.class.getName(),
                        SchedulesTest.Fixture.class.getName()))
                .contains("IllegalStateException: Bubbles need the agent: start the test JVM with -javaagent:")
                .doesNotContain("NoClassDefFoundError");
    }

    @Tag("slow")
    @Test
    void onAJdkOfAnotherShape_aBubbleSaysWhatIsMissing_andAllElseRuns(@TempDir Path patches) throws Exception {
        Path type = patches.resolve("java/util/Timer.class");
        Files.createDirectories(type.getParent());
        Files.write(type, timerWithoutSched());
        List<String> options = List.of(agent(), "--patch-module", "java.base=" + patches);
        assertThat(run(OWN, options, MixedProgram.class, "1"))
                .contains("IllegalStateException: JDK " + Runtime.version() + " cannot run bubbles: "
                        + "java.util.Timer has no method sched");
        assertThat(run(OWN, options, MixedProgram.class, "0").strip()).endsWith("0 runs");
    }

    private static byte[] timerWithoutSched() throws IOException {
        try (InputStream bytes = Timer.class.getResourceAsStream("Timer.class")) {
            ClassFile context = ClassFile.of();
            CodeTransform calls = (code, element) -> {
                if (element instanceof InvokeInstruction call && call.name().equalsString("sched")) {
                    code.invokevirtual(call.owner().asSymbol(), "renamed", call.typeSymbol());
                } else {
                    code.with(element);
                }
            };
            return context.transformClass(context.parse(bytes.readAllBytes()), (type, element) -> {
                if (element instanceof MethodModel method && method.methodName().equalsString("sched")) {
                    type.withMethod(
                            "renamed",
                            method.methodTypeSymbol(),
                            0,
                            body -> method.code()
                                    .ifPresent(code -> body.withCode(builder -> code.forEach(builder::with))));
                } else if (element instanceof MethodModel method
                        && method.code().isPresent()) {
                    type.transformMethod(method, MethodTransform.transformingCode(calls));
                } else {
                    type.with(element);
                }
            });
        }
    }

    static Stream<Path> newerJdks() throws IOException {
        Path folder = Path.of(System.getProperty("jobtree.jdks", "none"));
        if (!Files.isDirectory(folder)) {
            return Stream.of(OWN);
        }
        try (Stream<Path> homes = Files.list(folder)) {
            return homes
                    .filter(home -> home.getFileName().toString().matches("jdk-\\d+"))
                    .filter(home -> Files.isExecutable(home.resolve("bin", "java")))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("newerJdks")
    @Tag("full")
    void onNewerJdks_allIsTheSame(Path jdk) throws Exception {
        String printed = run(
                jdk,
                List.of(agent()),
                Kit.class,
                BubbleTest.class.getName(),
                TimedConstructsTest.class.getName(),
                LeftBubbleTest.class.getName(),
                DeadlockTest.class.getName(),
                CorpusTest.class.getName());
        assertThat(printed).contains("failures: 0");
        assertThat(run(jdk, List.of(agent()), MixedProgram.class, "100").strip())
                .endsWith(MixedProgram.print(100));
    }

    @ParameterizedTest
    @MethodSource("newerJdks")
    @Tag("full")
    void onNewerJdks_eachTimedConstruct_aHundredTimes(Path jdk) throws Exception {
        assertThat(run(jdk, List.of(agent()), Kit.class, Kit.ALL, TimedConstructsTest.class.getName()))
                .contains(2 * TimedConstructs.all().size() + " tests passed, failures: 0");
    }

    private static String run(Path jdk, List<String> options, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(jdk.resolve("bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
