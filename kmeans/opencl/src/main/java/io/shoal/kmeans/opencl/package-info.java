/** The assignment kernel on an OpenCL device, by Aparapi. */
package io.shoal.kmeans.opencl;
