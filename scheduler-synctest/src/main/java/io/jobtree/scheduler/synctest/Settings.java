package io.jobtree.scheduler.synctest;

import io.jobtree.scheduler.synctest.runtime.Plan;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// What the annotations nearest to a test say.
///
/// @param schedules null for virtual time alone
record Settings(@Nullable Schedules schedules, Instant epoch, String testPackage) {

    static Settings of(ExtensionContext context) {
        Schedules schedules = null;
        VirtualTime time = null;
        AnnotatedElement nearest =
                context.getTestMethod().<AnnotatedElement>map(method -> method).orElse(null);
        Class<?> type = context.getRequiredTestClass();
        for (AnnotatedElement element = nearest == null ? type : nearest; element != null; ) {
            VirtualTime timeHere = find(element, VirtualTime.class);
            Schedules schedulesHere = find(element, Schedules.class);
            // The nearest element that says how threads are scheduled decides that.
            if (time == null && schedules == null) {
                schedules = schedulesHere;
            }
            time = time == null ? timeHere : time;
            element = element instanceof Class<?> inner ? inner.getEnclosingClass() : type;
        }
        return new Settings(checked(schedules), epoch(time), type.getPackageName());
    }

    private static <A extends Annotation> @Nullable A find(AnnotatedElement element, Class<A> type) {
        return AnnotationSupport.findAnnotation(element, type).orElse(null);
    }

    private static @Nullable Schedules checked(@Nullable Schedules schedules) {
        if (schedules != null && schedules.value() <= 0) {
            throw new ExtensionConfigurationException("@Schedules value must be positive: " + schedules.value());
        }
        return schedules;
    }

    private static Instant epoch(@Nullable VirtualTime time) {
        if (time == null) {
            return Bubble.EPOCH;
        }
        try {
            return Instant.parse(time.epoch());
        } catch (DateTimeException noMoment) {
            throw new ExtensionConfigurationException(
                    "@VirtualTime epoch must be a moment such as 2000-01-01T00:00:00Z: " + time.epoch(), noMoment);
        }
    }

    Plan plan(@Nullable Long seed) {
        if (schedules == null) {
            return new Plan(null, epoch, List.of());
        }
        List<String> points = List.of(schedules.points());
        return new Plan(seed, epoch, points.isEmpty() ? List.of(testPackage) : points);
    }

    LongStream seeds() {
        if (schedules == null) {
            return LongStream.empty();
        }
        return schedules.seed() >= 0 ? LongStream.of(schedules.seed()) : LongStream.range(0, schedules.value());
    }
}
