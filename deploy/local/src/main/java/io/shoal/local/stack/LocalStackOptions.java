package io.shoal.local.stack;

import java.nio.file.Path;

/**
 * How to run the local system.
 *
 * @param dataDir folder of all state; kept between runs
 * @param fresh whether to start over
 * @param portBase the broker's port; the schema registry and the model registry take the next two;
 *     0 for free ports
 * @param kernel auto, simd, scalar or opencl
 * @param seed of the learner's random choices
 */
public record LocalStackOptions(
    Path dataDir, boolean fresh, int portBase, String kernel, long seed) {}
