package io.jobtree.scheduler.junit5.find;

import io.jobtree.scheduler.junit5.settings.SitePolicy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Decides for which jobs of a test the place of the spawn is kept.
///
/// A stack costs one to four microseconds, more than all else that is done for a job, so by default only the first
/// jobs of a test pay for one, and later the first of each name: of ten thousand jobs of one loop the first hundred
/// tell enough. Names that differ in their last digits count as one.
public final class Sites {
    public static final int FIRST = 50;
    public static final int FIRST_OF_NAME = 50;

    private final SitePolicy policy;
    private final AtomicInteger taken = new AtomicInteger();
    private final Map<String, Site> ofName = new ConcurrentHashMap<>();

    Sites(SitePolicy policy) {
        this.policy = policy;
    }

    @Nullable
    Site of(@Nullable String name) {
        return switch (policy) {
            case OFF -> null;
            case FULL -> Site.here();
            case AUTO -> automatic(name);
        };
    }

    /// The place where the first job of that name was spawned, most likely where this one was too.
    @Nullable
    Site borrowed(@Nullable String name) {
        return ofName.get(name == null ? "" : stem(name));
    }

    /// `poll-` of `poll-17`
    public static String stem(String name) {
        int end = name.length();
        while (end > 0 && Character.isDigit(name.charAt(end - 1))) {
            end--;
        }
        return end == name.length() ? name : name.substring(0, end);
    }

    private @Nullable Site automatic(@Nullable String name) {
        int count = taken.get();
        if (count >= FIRST + FIRST_OF_NAME) {
            return null;
        }
        String stem = name == null ? "" : stem(name);
        boolean known = ofName.containsKey(stem);
        if (known && count >= FIRST) {
            return null;
        }
        taken.incrementAndGet();
        Site site = Site.here();
        if (!known) {
            ofName.putIfAbsent(stem, site);
        }
        return site;
    }

    public SitePolicy policy() {
        return policy;
    }
}
