package io.jobtree.scheduler.synctest.agent;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;

/// Has calls of the clocks, and method references to them, go to the bubble's.
final class UserClocks implements CodeTransform {
    @Override
    public void accept(CodeBuilder code, CodeElement element) {
        switch (element) {
            case InvokeInstruction call
            when JdkClocks.isClock(call) ->
                code.invokestatic(JdkClocks.HOOKS, call.name().stringValue(), JdkClocks.TIME);
            case InvokeInstruction call
            when call.owner().asInternalName().equals("java/lang/Thread")
                    && call.name().equalsString("onSpinWait") ->
                code.invokestatic(JdkClocks.HOOKS, "onSpinWait", MethodTypeDesc.of(ConstantDescs.CD_void));
            case InvokeDynamicInstruction site
            when refersToClock(site) -> {
                ConstantDesc[] arguments = site.bootstrapArgs().stream()
                        .map(UserClocks::redirected)
                        .toArray(ConstantDesc[]::new);
                code.invokedynamic(DynamicCallSiteDesc.of(
                        site.bootstrapMethod(), site.name().stringValue(), site.typeSymbol(), arguments));
            }
            default -> code.with(element);
        }
    }

    private static boolean refersToClock(InvokeDynamicInstruction site) {
        return site.bootstrapArgs().stream().anyMatch(UserClocks::isClock);
    }

    private static ConstantDesc redirected(ConstantDesc argument) {
        return argument instanceof DirectMethodHandleDesc handle && isClock(handle)
                ? MethodHandleDesc.ofMethod(
                        DirectMethodHandleDesc.Kind.STATIC, JdkClocks.HOOKS, handle.methodName(), JdkClocks.TIME)
                : argument;
    }

    private static boolean isClock(ConstantDesc argument) {
        return argument instanceof DirectMethodHandleDesc handle
                && handle.owner().descriptorString().equals("Ljava/lang/System;")
                && (handle.methodName().equals("nanoTime")
                        || handle.methodName().equals("currentTimeMillis"));
    }
}
