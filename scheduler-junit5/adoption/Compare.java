import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/// Prints what fails in a run with the leak check and not without it: `java Compare.java FOLDER PROJECT`. The texts go to
/// `FOLDER/PROJECT.RUN.failures`.
final class Compare {
    private record Run(int tests, double seconds, Map<String, String> failures) {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        String project = arguments[1];
        Run before = read(folder.resolve(project + ".before"));
        System.out.printf(
                "%s: %d tests in %.0f s, %d fail without the check%n",
                project, before.tests(), before.seconds(), before.failures().size());
        for (String name : new String[] {"check", "agent"}) {
            Path reports = folder.resolve(project + "." + name);
            if (!Files.exists(reports)) {
                continue;
            }
            Run run = read(reports);
            run.failures().keySet().removeAll(before.failures().keySet());
            System.out.printf(
                    "  %s: %d tests in %.0f s, %d new failures%n",
                    name,
                    run.tests(),
                    run.seconds(),
                    Set.copyOf(run.failures().values()).size());
            StringBuilder texts = new StringBuilder();
            // What fails a class is written for each of its tests.
            Map<String, List<String>> tests = new LinkedHashMap<>();
            run.failures().forEach(
                    (test, text) -> tests.computeIfAbsent(text, key -> new ArrayList<>()).add(test));
            tests.forEach((text, of) -> {
                String title = of.getFirst() + (of.size() > 1 ? " and " + (of.size() - 1) + " more" : "");
                System.out.println("    " + title + ": " + text.strip().lines().findFirst().orElse(""));
                texts.append("==== ").append(title).append('\n').append(text).append("\n\n");
            });
            Files.writeString(folder.resolve(project + "." + name + ".failures"), texts);
        }
    }

    private static Run read(Path reports) throws Exception {
        int tests = 0;
        double seconds = 0;
        Map<String, String> failures = new TreeMap<>();
        for (Path file : files(reports)) {
            Document document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
            seconds += Double.parseDouble(document.getDocumentElement().getAttribute("time"));
            var cases = document.getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                Element test = (Element) cases.item(i);
                tests++;
                for (String kind : new String[] {"failure", "error"}) {
                    var found = test.getElementsByTagName(kind);
                    for (int j = 0; j < found.getLength(); j++) {
                        failures.merge(
                                test.getAttribute("classname") + "." + test.getAttribute("name"),
                                found.item(j).getTextContent(),
                                (a, b) -> a + "\n" + b);
                    }
                }
            }
        }
        return new Run(tests, seconds, failures);
    }

    private static Path[] files(Path reports) throws IOException {
        if (!Files.exists(reports)) {
            return new Path[0];
        }
        try (Stream<Path> files = Files.list(reports)) {
            return files.filter(file -> file.toString().endsWith(".xml")).toArray(Path[]::new);
        }
    }
}
