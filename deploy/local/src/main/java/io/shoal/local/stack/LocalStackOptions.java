package io.shoal.local.stack;

/**
 * How to run the local system.
 *
 * @param portBase the broker's port; the schema registry and the model registry take the next two;
 *     0 for free ports
 * @param kernel auto, simd, scalar or opencl
 * @param seed of the learner's random choices
 */
public record LocalStackOptions(int portBase, String kernel, long seed) {}
