package io.jobtree.top;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes the picture of jobtree top in the documentation: `top.svg`, in the folder that is given.
final class Picture {
    private static final int COLUMNS = 124;

    private Picture() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var shop = Tmux.start(Tmux.command(ShopJobs.class.getName()));
        try (var said = shop.inputReader(StandardCharsets.UTF_8)) {
            said.readLine();
            var top = Tmux.command(Top.class.getName(), String.valueOf(shop.pid()));
            try (var terminal = new Tmux(COLUMNS, 19, "'" + String.join("' '", top) + "'")) {
                terminal.awaitScreen("q quit");
                terminal.press("Down", "Down", "Down", "Down", "Down", "Down", "Space", "Up", "x");
                terminal.awaitScreen("y for yes");
                terminal.awaitScreen("folded");
                var svg = TerminalPicture.of(terminal.screenWithColours(), COLUMNS);
                Files.writeString(Path.of(arguments[0], "top.svg"), svg);
            }
        } finally {
            shop.destroyForcibly();
        }
    }
}
