package io.jobtree.scheduler.text;

import java.util.Locale;

/// Writes JSON that may also stand inside a `script` element of an HTML page. It puts the commas; that
/// objects and arrays are closed is up to the caller.
public final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private boolean first = true;

    /// Makes a writer that has written nothing.
    public JsonWriter() {}

    /// Opens an object or an array.
    ///
    /// @param bracket `{` or `[`
    /// @return this
    public JsonWriter open(char bracket) {
        separate();
        out.append(bracket);
        first = true;
        return this;
    }

    /// Closes an object or an array.
    ///
    /// @param bracket `}` or `]`
    /// @return this
    public JsonWriter close(char bracket) {
        out.append(bracket);
        first = false;
        return this;
    }

    /// Begins a member of an object.
    ///
    /// @param name its name
    /// @return this
    public JsonWriter name(String name) {
        separate();
        quote(name);
        out.append(':');
        first = true;
        return this;
    }

    /// Writes a string.
    ///
    /// @param value the string
    /// @return this
    public JsonWriter value(String value) {
        separate();
        quote(value);
        return this;
    }

    /// Writes a whole number.
    ///
    /// @param value the number
    /// @return this
    public JsonWriter value(long value) {
        separate();
        out.append(value);
        return this;
    }

    /// Writes a truth value.
    ///
    /// @param value the value
    /// @return this
    public JsonWriter value(boolean value) {
        separate();
        out.append(value);
        return this;
    }

    /// Writes a number of seconds, to the microsecond.
    ///
    /// @param nanos the nanoseconds
    /// @return this
    public JsonWriter seconds(long nanos) {
        separate();
        out.append(String.format(Locale.ROOT, "%.6f", nanos / 1e9));
        return this;
    }

    private void separate() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                default -> {
                    if (mustBeEscaped(text, i)) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /// Controls; what could end a script element; half a surrogate pair, which no encoding can carry.
    private static boolean mustBeEscaped(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return at == 0 || !Character.isHighSurrogate(text.charAt(at - 1));
        }
        return Character.isISOControl(c) || c == '<' || c == '\u2028' || c == '\u2029';
    }

    /// What was written.
    ///
    /// @return the JSON
    @Override
    public String toString() {
        return out.toString();
    }
}
