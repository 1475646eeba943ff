package io.jobtree.scheduler.junit5.threads;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A reader for thread dumps: objects become maps, arrays lists, all else strings. It forgives stray commas, and what
/// comes after the first value; a text that ends too early gives what was read so far.
final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    static Object read(String text) {
        return new Json(text).value();
    }

    private Object value() {
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            default -> bare();
        };
    }

    /// The next character that matters; 0 at the end.
    private char peek() {
        while (at < text.length() && (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == ',')) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private Map<String, Object> object() {
        Map<String, Object> map = new LinkedHashMap<>();
        at++;
        for (char next = peek(); next == '"'; next = peek()) {
            String key = string();
            if (peek() != ':') {
                break;
            }
            at++;
            map.put(key, value());
        }
        closing('}');
        return map;
    }

    private List<Object> array() {
        List<Object> list = new ArrayList<>();
        at++;
        for (char next = peek(); next != ']' && next != '}' && next != ':' && next != 0; next = peek()) {
            list.add(value());
        }
        closing(']');
        return list;
    }

    private void closing(char bracket) {
        if (peek() == bracket) {
            at++;
        }
    }

    private String string() {
        var out = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            out.append(c == '\\' ? escaped() : c);
        }
        at++;
        return out.toString();
    }

    private char escaped() {
        char c = at < text.length() ? text.charAt(at++) : '\\';
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> unicode();
            default -> c;
        };
    }

    private char unicode() {
        int end = Math.min(at + 4, text.length());
        try {
            char c = (char) Integer.parseInt(text, at, end, 16);
            at = end;
            return c;
        } catch (NumberFormatException e) {
            return '?';
        }
    }

    /// A number, `true`, `null`: ends where punctuation begins.
    private String bare() {
        int from = at;
        while (at < text.length()
                && ",:{}[]\"".indexOf(text.charAt(at)) < 0
                && !Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        if (at == from && at < text.length()) {
            at++;
        }
        return text.substring(from, at);
    }
}
