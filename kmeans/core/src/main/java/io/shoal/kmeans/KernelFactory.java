package io.shoal.kmeans;

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
}
