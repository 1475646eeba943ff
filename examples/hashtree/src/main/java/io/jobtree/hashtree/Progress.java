package io.jobtree.hashtree;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/// How far the hashing is, in bytes, for a person.
///
/// **Threads:** any.
interface Progress extends AutoCloseable {
    /// Shows nothing.
    Progress NONE = new Progress() {};

    /// There is a file of this many bytes.
    default void found(long bytes) {}

    /// So many bytes were read.
    default void read(long bytes) {}

    @Override
    default void close() {}

    /// A bar on standard error, if that is a terminal.
    static Progress on(Screen screen) {
        return Screen.errIsTerminal() ? new Bar(screen) : NONE;
    }

    /// A progress bar.
    final class Bar implements Progress {
        private static final int WIDTH = 79;
        private static final long MEBIBYTE = 1 << 20;

        private final ProgressBar bar;

        Bar(Screen screen) {
            bar = new ProgressBarBuilder()
                    .setTaskName("hashtree")
                    .setInitialMax(0)
                    .setUnit(" MiB", MEBIBYTE)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .showSpeed()
                    .clearDisplayOnFinish()
                    .setConsumer(new OnScreen(screen))
                    .build();
        }

        @Override
        public void found(long bytes) {
            synchronized (bar) {
                bar.maxHint(bar.getMax() + bytes);
            }
        }

        @Override
        public void read(long bytes) {
            bar.stepBy(bytes);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /// Where the bar is drawn; the library's own consumers would look for a terminal with native code.
    record OnScreen(Screen screen) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return Bar.WIDTH;
        }

        @Override
        public void accept(String text) {
            screen.showBar(text.strip());
        }

        @Override
        public void clear() {
            screen.showBar("");
        }

        @Override
        public void close() {
            screen.showBar("");
        }
    }
}
