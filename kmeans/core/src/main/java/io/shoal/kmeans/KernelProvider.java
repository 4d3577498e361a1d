package io.shoal.kmeans;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the kernel, once per learner, and says why. */
public final class KernelProvider {
  /** System property that takes the place of an automatic choice. */
  public static final String PROPERTY = "shoal.kernel";

  private static final Logger log = LoggerFactory.getLogger(KernelProvider.class);

  private KernelProvider() {}

  /**
   * Loads a kernel. {@link KernelChoice#AUTO} takes the one that the system property names, or else
   * the fastest that works here: a GPU for batches that are worth the transfer, then vector units.
   *
   * @throws KernelUnavailableException when a named kernel cannot run here
   */
  public static AssignmentKernel load(KernelChoice choice) {
    KernelChoice wanted =
        choice == KernelChoice.AUTO
            ? KernelChoice.parse(System.getProperty(PROPERTY, "auto"))
            : choice;
    return wanted == KernelChoice.AUTO ? best() : forced(wanted);
  }

  /**
   * Loads a kernel that splits large batches over threads.
   *
   * @param threads 1 or more; the result does not depend on it
   * @throws KernelUnavailableException when a named kernel cannot run here
   */
  public static AssignmentKernel load(KernelChoice choice, int threads) {
    AssignmentKernel kernel = load(choice);
    return threads == 1 || kernel.name().equals("opencl")
        ? kernel
        : new ParallelAssignmentKernel(kernel, threads);
  }

  /** The fastest kernel for one point at a time; all give the same bits. */
  public static PointKernel loadPointKernel() {
    for (KernelFactory factory : factories()) {
      try {
        Optional<PointKernel> kernel = factory.createPointKernel();
        if (kernel.isPresent()) {
          return kernel.get();
        }
      } catch (KernelUnavailableException e) {
        log.info("point kernel {} not taken: {}", name(factory.choice()), e.getMessage());
      }
    }
    return new ScalarPointKernel();
  }

  private static AssignmentKernel best() {
    for (KernelFactory factory : factories()) {
      try {
        AssignmentKernel kernel = factory.create(false);
        log.info("kernel {}", kernel.name());
        return factory.choice() == KernelChoice.OPENCL ? new BySizeKernel(kernel, host()) : kernel;
      } catch (KernelUnavailableException e) {
        log.info("kernel {} not taken: {}", name(factory.choice()), e.getMessage());
      }
    }
    return new ScalarAssignmentKernel();
  }

  /** The fastest kernel of the CPU. */
  private static AssignmentKernel host() {
    for (KernelFactory factory : factories()) {
      try {
        if (factory.choice() != KernelChoice.OPENCL) {
          return factory.create(false);
        }
      } catch (KernelUnavailableException e) {
        log.info("kernel {} not taken: {}", name(factory.choice()), e.getMessage());
      }
    }
    return new ScalarAssignmentKernel();
  }

  private static AssignmentKernel forced(KernelChoice wanted) {
    if (wanted == KernelChoice.SCALAR) {
      return new ScalarAssignmentKernel();
    }
    for (KernelFactory factory : factories()) {
      if (factory.choice() == wanted) {
        AssignmentKernel kernel = factory.create(true);
        log.info("kernel {} as named", kernel.name());
        return kernel;
      }
    }
    throw new KernelUnavailableException(
        "kernel "
            + name(wanted)
            + " is not on the class path; add the module shoal-kmeans-"
            + name(wanted));
  }

  private static List<KernelFactory> factories() {
    List<KernelFactory> factories = new ArrayList<>();
    try {
      ServiceLoader.load(KernelFactory.class).forEach(factories::add);
    } catch (ServiceConfigurationError | NoClassDefFoundError e) {
      log.warn("a kernel on the class path cannot be loaded: {}", e.getMessage());
    }
    factories.sort(Comparator.comparingInt(KernelFactory::priority).reversed());
    return factories;
  }

  private static String name(KernelChoice choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }
}
