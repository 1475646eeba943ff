package io.jobtree.scheduler.junit5.threads;

/// Reads JSON for the tests of other packages.
public final class JsonText {
    private JsonText() {}

    public static Object read(String text) {
        return Json.read(text);
    }
}
