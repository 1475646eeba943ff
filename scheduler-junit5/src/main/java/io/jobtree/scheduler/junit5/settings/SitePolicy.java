package io.jobtree.scheduler.junit5.settings;

/// For how much of what a test starts the place is kept; the values of `jobtree.leaks.sites`.
public enum SitePolicy {
    OFF,
    AUTO,
    FULL
}
