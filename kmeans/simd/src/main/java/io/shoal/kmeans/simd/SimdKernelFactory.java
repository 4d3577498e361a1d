package io.shoal.kmeans.simd;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelFactory;
import io.shoal.kmeans.KernelUnavailableException;
import io.shoal.kmeans.PointKernel;
import java.util.Optional;

/** Makes the SIMD kernel where the JVM was started with the Vector API. */
public final class SimdKernelFactory implements KernelFactory {
  private static final String MODULE = "jdk.incubator.vector";

  @Override
  public KernelChoice choice() {
    return KernelChoice.SIMD;
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public AssignmentKernel create(boolean forced) {
    requireVectorApi();
    return new SimdAssignmentKernel();
  }

  @Override
  public Optional<PointKernel> createPointKernel() {
    requireVectorApi();
    return Optional.of(new SimdPointKernel());
  }

  private static void requireVectorApi() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      throw new KernelUnavailableException(
          "the JVM was started without the Vector API; add --add-modules " + MODULE);
    }
  }
}
