package io.jobtree.benchmarks;

import java.util.Optional;

/// A number to reach.
///
/// @param text what is compared with what
/// @param ours the side that is judged
/// @param baseline what it is set in proportion to; none for an absolute goal
/// @param sense which way is good
/// @param bound the number
record Goal(String text, Side ours, Optional<Side> baseline, Sense sense, double bound) {
    /// Which way is good.
    enum Sense {
        /// Ours works at least so many times as fast.
        SPEED,
        /// Ours takes at most so many times as much.
        COST
    }

    /// What came of it.
    ///
    /// @param ours our side
    /// @param baseline the other side
    /// @param ratio what the bound is about
    /// @param isMet whether the ratio is within it
    /// @param isSure whether the whole interval is on the ratio's side of the bound
    record Verdict(Measure ours, Optional<Measure> baseline, Measure ratio, boolean isMet, boolean isSure) {}

    /// Judges a run; empty if it has not measured both sides.
    Optional<Verdict> judge(Run run) {
        var mine = ours.in(run);
        var theirs = baseline.flatMap(side -> side.in(run));
        if (mine.isEmpty() || theirs.isEmpty() != baseline.isEmpty()) {
            return Optional.empty();
        }
        Measure ratio = theirs.map(other -> sense == Sense.SPEED
                        ? other.over(mine.get())
                        : mine.get().over(other))
                .orElse(mine.get());
        boolean met = sense == Sense.SPEED ? ratio.value() >= bound : ratio.value() <= bound;
        boolean sure = Math.abs(ratio.value() - bound) > ratio.error();
        return Optional.of(new Verdict(mine.get(), theirs, ratio, met, sure));
    }
}
