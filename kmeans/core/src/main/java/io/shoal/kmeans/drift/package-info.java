/** Tells when a stream is no longer what it was: detectors of drift and the monitor of both. */
package io.shoal.kmeans.drift;
