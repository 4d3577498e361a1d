package io.shoal.kmeans;

import java.util.Optional;

/** Makes one kind of kernel; found by {@link java.util.ServiceLoader}. */
public interface KernelFactory {
  /** The choice that names this kernel. */
  KernelChoice choice();

  /** Among the automatic candidates the highest wins; the scalar kernel has 0. */
  int priority();

  /**
   * Makes the kernel.
   *
   * @param forced whether the user named it; an automatic choice may refuse what only a forced one
   *     takes
   * @throws KernelUnavailableException with the reason when it cannot run here
   */
  AssignmentKernel create(boolean forced);

  /**
   * A kernel for one point at a time, where this kind has one.
   *
   * @throws KernelUnavailableException with the reason when it cannot run here
   */
  default Optional<PointKernel> createPointKernel() {
    return Optional.empty();
  }
}
