package shop;

import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Code of another package that an extension calls.
public final class Instances {
    private Instances() {}

    /// What an extension does to the instance of a test.
    public static void use(ExtensionContext context, Consumer<Object> use) {
        context.getTestInstance().ifPresent(use);
    }
}
