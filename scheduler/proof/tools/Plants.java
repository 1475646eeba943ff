import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Bugs planted to see the gates red, from the repository's folder:
/// `java scheduler/proof/tools/Plants.java [NAME...]` puts each, or each of these, into a copy of the sources, runs its
/// gate there, and fails unless that is red. `java .../Plants.java --into FOLDER NAME` only puts it there.
///
/// A plant is a file in `plants`: what it is, its gate, the source file, the text to find there once, the text instead.
record Plant(String name, String gate, String file, String find, String replace) {
    private static final Pattern PARTS = Pattern.compile(
            "what: .+\ngate: (.+)\nfile: (.+)\n--- find\n(.+?)\n--- replace\n(.*)", Pattern.DOTALL);

    static Plant read(Path path) throws IOException {
        var parts = PARTS.matcher(Files.readString(path));
        if (!parts.matches()) {
            throw new IllegalStateException(path + " is no plant; it needs what, gate, file, find, replace");
        }
        var name = path.getFileName().toString().replace(".plant", "");
        return new Plant(name, parts.group(1), parts.group(2), parts.group(3), parts.group(4).stripTrailing());
    }

    void into(Path root) throws IOException {
        var source = root.resolve(file);
        var text = Files.readString(source);
        int at = text.indexOf(find);
        if (at < 0 || text.indexOf(find, at + 1) >= 0) {
            throw new IllegalStateException("plant '" + name + "': " + file + " has its text "
                    + (at < 0 ? "nowhere" : "more than once") + "; write the plant anew for what is there now");
        }
        Files.writeString(source, text.substring(0, at) + replace + text.substring(at + find.length()));
    }
}

private static final Path PROOF = Path.of("scheduler", "proof");
private static final Set<String> NOT_COPIED = Set.of("target", ".git");

void main(String[] args) throws Exception {
    if (args.length == 3 && args[0].equals("--into")) {
        Plant.read(file(args[2])).into(Path.of(args[1]));
        return;
    }
    var green = new ArrayList<String>();
    var plants = args.length == 0 ? all() : List.of(args).stream().map(this::file).toList();
    for (var path : plants) {
        var plant = Plant.read(path);
        long start = System.nanoTime();
        boolean red = isRed(plant);
        IO.println("%s: %s after %d s".formatted(plant.name(), red ? "red" : "GREEN", (System.nanoTime() - start) / 1_000_000_000L));
        if (!red) {
            green.add(plant.name());
        }
    }
    if (!green.isEmpty()) {
        throw new IllegalStateException("gates that are green over their plant: " + green);
    }
}

private Path file(String name) {
    return PROOF.resolve("plants", name + ".plant");
}

private List<Path> all() throws IOException {
    try (var files = Files.list(PROOF.resolve("plants"))) {
        return files.sorted().toList();
    }
}

private boolean isRed(Plant plant) throws Exception {
    var copy = PROOF.resolve("target", "plants").toAbsolutePath();
    copy(copy);
    plant.into(copy);
    var log = copy.resolveSibling(plant.name() + ".log");
    // The JDK of Fray is not made again; and a gate that takes the engine's classes has them made before.
    var modules = plant.gate().startsWith("fray") ? "scheduler/proof/" : "scheduler,scheduler/proof/";
    var command = "mvn -B -Pfull verify -Dmaven.javadoc.skip -Dmaven.source.skip -Dspotless.check.skip"
            + " -Dsurefire.failIfNoSpecifiedTests=false"
            + " -Dfray.jdk=" + PROOF.resolve("fray/target/fray/jdk").toAbsolutePath() + " -pl " + modules + plant.gate();
    int status = new ProcessBuilder(command.split(" "))
            .directory(copy.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    var text = Files.readString(log);
    boolean byGate = text.contains("on project scheduler-proof-") && !text.contains("COMPILATION ERROR");
    if (status != 0 && !byGate) {
        throw new IllegalStateException("plant '" + plant.name() + "' breaks more than its gate; see " + log);
    }
    return status != 0;
}

/// The sources alone: what was compiled stays, as what has changed is compiled again.
private void copy(Path target) throws IOException {
    Files.walkFileTree(Path.of("."), new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            if (NOT_COPIED.contains(folder.getFileName().toString())) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(target.resolve(folder));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (Files.isRegularFile(file)) {
                Files.copy(file, target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            return FileVisitResult.CONTINUE;
        }
    });
}
