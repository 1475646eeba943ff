package io.jobtree.scheduler.platform;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// Makes sure that there is room on the stack before something begins that must not end half-way: a
/// StackOverflowError comes here, where nothing has changed yet. The JDK's `start` and `unpark` do not survive
/// one.
///
/// On entry to a method the JVM checks that its frame would fit as the interpreter lays it out, also where the
/// method is compiled and needs none. So a method with thousands of local variables that are never used makes sure
/// of their room, for the price of one memory access. Nobody would write such a method down: it is generated.
public final class Stack {
    /// Twice what was ever seen to be needed, by interpreted code that starts the first thread of a pool.
    private static final Runnable ROOM = needing(16 << 10, 0);

    /// Longer than what the JIT compilers inline: they move the check of an inlined method to the entry of its
    /// caller's caller, out of reach of the handler here.
    private static final Runnable MUCH_ROOM = needing(128 << 10, 1000);

    /// Always false, which the compiler must not know: it drops the check from a method that cannot throw.
    @SuppressWarnings("UnusedVariable") // The generated code reads it.
    private static boolean fails;

    private Stack() {}

    public static void ensureRoom() {
        ROOM.run();
    }

    /// For what is seldom called, and for which the JVM links code that it cannot link again once that failed.
    public static void ensureMuchRoom() {
        try {
            MUCH_ROOM.run();
        } catch (StackOverflowError e) {
            throw new StackOverflowError("Jobtree needs 128 KiB of stack for this call, and this thread has less left;"
                    + " call it from a thread with a larger stack, or less deep");
        }
    }

    /// @param length of its code, in instructions that do nothing
    private static Runnable needing(int bytes, int length) {
        int lastLocal = bytes / Long.BYTES - 1;
        var stack = ClassDesc.of(Stack.class.getName());
        var code = ClassFile.of()
                .build(
                        ClassDesc.of(Stack.class.getName() + "Room"),
                        type -> type.withInterfaceSymbols(ClassDesc.of(Runnable.class.getName()))
                                .withMethodBody(
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void,
                                        0,
                                        body -> body.aload(0)
                                                .invokespecial(
                                                        ConstantDescs.CD_Object,
                                                        ConstantDescs.INIT_NAME,
                                                        ConstantDescs.MTD_void)
                                                .return_())
                                .withMethodBody("run", ConstantDescs.MTD_void, ClassFile.ACC_PUBLIC, body -> {
                                    body.getstatic(stack, "fails", ConstantDescs.CD_boolean)
                                            .ifThen(then -> then.aconst_null().athrow());
                                    for (int i = 0; i < length; i++) {
                                        body.nop();
                                    }
                                    body.iconst_0().istore(lastLocal).return_();
                                }));
        try {
            var lookup =
                    MethodHandles.lookup().defineHiddenClass(code, true, MethodHandles.Lookup.ClassOption.NESTMATE);
            return (Runnable) lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (Throwable impossible) {
            throw new LinkageError("a method with many local variables cannot be generated: " + impossible, impossible);
        }
    }
}
