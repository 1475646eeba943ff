package io.jobtree.top;

import io.jobtree.scheduler.JobTree;
import java.io.IOException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/// The terminal: draws what a target does, about once a second, and does what keys say.
final class TopScreen {
    private static final long REFRESH_MILLIS = 1_000;
    private static final String KEYS_HELP = "↑↓ select  space fold  x cancel  w waits  q quit";
    private static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;

    private final String process;
    private final Target target;
    private final Listing listing = new Listing();
    private List<Target.Snapshot> snapshots = List.of();

    /// The job that is cancelled if the next key says so.
    private Optional<JobTree> toCancel = Optional.empty();

    private String message = "";
    private boolean showsWaits;
    private int firstLine;

    TopScreen(String process, Target target) {
        this.process = process;
        this.target = target;
    }

    private enum Key {
        UP,
        DOWN,
        PAGE_UP,
        PAGE_DOWN,
        FOLD,
        CANCEL,
        YES,
        WAITS,
        QUIT,
        OTHER
    }

    private static KeyMap<Key> keys(Terminal terminal) {
        var keys = new KeyMap<Key>();
        keys.bind(Key.UP, "k", KeyMap.key(terminal, Capability.key_up), "\033[A");
        keys.bind(Key.DOWN, "j", KeyMap.key(terminal, Capability.key_down), "\033[B");
        keys.bind(Key.PAGE_UP, "b", KeyMap.key(terminal, Capability.key_ppage));
        keys.bind(Key.PAGE_DOWN, "f", KeyMap.key(terminal, Capability.key_npage));
        keys.bind(Key.FOLD, " ", "\r");
        keys.bind(Key.CANCEL, "x");
        keys.bind(Key.YES, "y");
        keys.bind(Key.WAITS, "w");
        keys.bind(Key.QUIT, "q", KeyMap.ctrl('C'));
        keys.setNomatch(Key.OTHER);
        keys.setUnicode(Key.OTHER);
        return keys;
    }

    /// Returns when the user has had enough.
    ///
    /// @throws IOException if the target has gone
    void run() throws IOException {
        // Else the branches of the tree are sent as letters in a character set that copies of the screen lack.
        System.setProperty(TerminalBuilder.PROP_DISABLE_ALTERNATE_CHARSET, "true");
        try (var terminal = TerminalBuilder.builder().system(true).build()) {
            Attributes before = terminal.enterRawMode();
            terminal.puts(Capability.enter_ca_mode);
            terminal.puts(Capability.cursor_invisible);
            try {
                loop(terminal);
            } finally {
                terminal.puts(Capability.cursor_visible);
                terminal.puts(Capability.exit_ca_mode);
                terminal.setAttributes(before);
                terminal.flush();
            }
        }
    }

    private void loop(Terminal terminal) throws IOException {
        var display = new Display(terminal, true);
        var reader = terminal.reader();
        var bindings = new BindingReader(reader);
        var keys = keys(terminal);
        look();
        long looked = System.nanoTime();
        while (true) {
            draw(terminal, display);
            long left = REFRESH_MILLIS - (System.nanoTime() - looked) / 1_000_000;
            if (left <= 0 || reader.peek(left) == NonBlockingReader.READ_EXPIRED) {
                look();
                looked = System.nanoTime();
                continue;
            }
            var key = bindings.readBinding(keys);
            if (key == null || key == Key.QUIT) {
                return;
            }
            act(key, terminal.getHeight());
        }
    }

    private void look() throws IOException {
        snapshots = target.look();
        listing.show(snapshots.stream().map(Target.Snapshot::tree).toList());
    }

    private void act(Key key, int height) throws IOException {
        var confirmed = key == Key.YES ? toCancel : Optional.<JobTree>empty();
        toCancel = Optional.empty();
        message = "";
        if (confirmed.isPresent()) {
            int count = target.cancel(confirmed.get());
            message = (count == 0 ? "already done: " : "cancelled ") + named(confirmed.get());
            look();
            return;
        }
        switch (key) {
            case UP -> listing.move(-1);
            case DOWN -> listing.move(1);
            case PAGE_UP -> listing.move(-height / 2);
            case PAGE_DOWN -> listing.move(height / 2);
            case WAITS -> showsWaits = !showsWaits;
            case FOLD -> {
                listing.toggle();
                listing.show(snapshots.stream().map(Target.Snapshot::tree).toList());
            }
            case CANCEL -> {
                toCancel = listing.selectedJob();
                message = toCancel.map(job -> "cancel " + named(job) + "? y for yes")
                        .orElse("select a job first");
            }
            case YES, OTHER, QUIT -> {}
        }
    }

    private static String named(JobTree job) {
        return job.path() + " #" + job.id();
    }

    private void draw(Terminal terminal, Display display) {
        int width = terminal.getWidth();
        int height = terminal.getHeight();
        display.resize(height, width);
        var head = head();
        var body = body();
        int room = Math.max(1, height - head.size() - 1);
        if (!showsWaits) {
            firstLine = Math.clamp(firstLine, Math.max(0, listing.selected() - room + 1), listing.selected());
        }
        var lines = new ArrayList<AttributedString>(head);
        int from = showsWaits ? 0 : Math.min(firstLine, Math.max(0, body.size() - 1));
        lines.addAll(body.subList(from, Math.min(body.size(), from + room)));
        while (lines.size() < height - 1) {
            lines.add(AttributedString.EMPTY);
        }
        lines.add(styled(message.isEmpty() ? KEYS_HELP : message, message.isEmpty() ? PLAIN.faint() : PLAIN.bold()));
        // The display changes the list that it is given.
        List<AttributedString> shown = new ArrayList<>();
        lines.stream().limit(height).forEach(line -> shown.add(line.columnSubSequence(0, width)));
        display.update(shown, -1);
    }

    private List<AttributedString> head() {
        var head = new ArrayList<AttributedString>();
        head.add(styled(
                "jobtree top  pid " + process + "  "
                        + LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
                PLAIN.bold()));
        if (snapshots.isEmpty()) {
            head.add(styled("no scheduler is shown; install SchedulerBeans in that program", PLAIN.faint()));
        }
        head.add(AttributedString.EMPTY);
        return head;
    }

    private List<AttributedString> body() {
        if (showsWaits) {
            return snapshots.stream()
                    .flatMap(snapshot -> snapshot.waits().lines())
                    .map(line -> styled(line, line.startsWith("deadlock") ? PLAIN.bold() : PLAIN))
                    .toList();
        }
        var body = new ArrayList<AttributedString>();
        for (int i = 0; i < listing.lines().size(); i++) {
            var line = listing.lines().get(i);
            body.add(styled(line.text(), i == listing.selected() ? PLAIN.inverse() : styleOf(line)));
        }
        return body;
    }

    private static AttributedStyle styleOf(Listing.Line line) {
        return line.job() == null
                ? PLAIN
                : switch (line.job().state().orElse(null)) {
                    case PENDING -> PLAIN.faint();
                    case CANCELLING -> PLAIN.foreground(AttributedStyle.YELLOW);
                    case null -> PLAIN.bold();
                    default -> PLAIN;
                };
    }

    private static AttributedString styled(String text, AttributedStyle style) {
        return new AttributedStringBuilder().styled(style, text).toAttributedString();
    }
}
