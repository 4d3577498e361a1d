package io.shoal.kmeans.opencl;

import com.aparapi.device.Device;
import com.aparapi.device.OpenCLDevice;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelFactory;
import io.shoal.kmeans.KernelUnavailableException;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the OpenCL kernel where there is a device; by itself it is chosen for a GPU only. */
public final class OpenClKernelFactory implements KernelFactory {
  @Override
  public KernelChoice choice() {
    return KernelChoice.OPENCL;
  }

  @Override
  public int priority() {
    return 20;
  }

  /**
   * One after the other: where two threads ask PoCL for its platforms at once, the process ends
   * with a segmentation fault.
   */
  @Override
  public AssignmentKernel create(boolean forced) {
    synchronized (OpenClKernelFactory.class) {
      return open(forced);
    }
  }

  private static AssignmentKernel open(boolean forced) {
    if (!forced && !GraphicsDevices.mayBeHere()) {
      throw new KernelUnavailableException("no GPU: this Linux has no device of one in /dev");
    }
    OpenCLDevice device = device();
    if (device == null) {
      throw new KernelUnavailableException(
          "no OpenCL device; install a driver (for the CPU: Debian's pocl-opencl-icd)");
    }
    if (!forced && device.getType() != Device.TYPE.GPU) {
      throw new KernelUnavailableException("the only OpenCL device is no GPU: " + device.getName());
    }
    OpenClAssignmentKernel kernel = new OpenClAssignmentKernel(device);
    kernel.requireDevice();
    return kernel;
  }

  /** A GPU before anything else. */
  private static @Nullable OpenCLDevice device() {
    try {
      List<OpenCLDevice> devices = OpenCLDevice.listDevices(null);
      return devices.stream()
          .max(Comparator.comparingInt(d -> d.getType() == Device.TYPE.GPU ? 1 : 0))
          .orElse(null);
    } catch (RuntimeException | LinkageError e) {
      throw new KernelUnavailableException("OpenCL cannot be loaded: " + e, e);
    }
  }
}
