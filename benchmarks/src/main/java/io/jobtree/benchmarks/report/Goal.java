package io.jobtree.benchmarks.report;

import java.util.Optional;

/// A number to reach.
///
/// @param text what is compared with what
/// @param ours the side that is judged
/// @param baseline what it is compared with; none for an absolute goal
/// @param sense which way is good
/// @param bound the number
record Goal(String text, Side ours, Optional<Side> baseline, Sense sense, double bound) {
    /// Which way is good.
    enum Sense {
        /// Ours works at least so many times as fast.
        SPEED,
        /// Ours takes at most so many times as much.
        COST,
        /// Ours takes at most so much more.
        EXTRA;

        Measure compare(Measure ours, Measure theirs) {
            return switch (this) {
                case SPEED -> theirs.over(ours);
                case COST -> ours.over(theirs);
                case EXTRA -> ours.minus(theirs);
            };
        }
    }

    /// What came of it.
    ///
    /// @param ours our side
    /// @param baseline the other side
    /// @param compared what the bound is about
    /// @param isMet whether that is within it
    /// @param isSure whether the whole interval is on the same side of the bound
    record Verdict(Measure ours, Optional<Measure> baseline, Measure compared, boolean isMet, boolean isSure) {}

    /// Judges a run; empty if it has not measured both sides.
    Optional<Verdict> judge(Run run) {
        var mine = ours.in(run);
        var theirs = baseline.flatMap(side -> side.in(run));
        if (mine.isEmpty() || theirs.isEmpty() != baseline.isEmpty()) {
            return Optional.empty();
        }
        Measure compared = theirs.map(other -> sense.compare(mine.get(), other)).orElse(mine.get());
        boolean met = sense == Sense.SPEED ? compared.value() >= bound : compared.value() <= bound;
        boolean sure = Math.abs(compared.value() - bound) > compared.error();
        return Optional.of(new Verdict(mine.get(), theirs, compared, met, sure));
    }
}
