/** The assignment kernel on the CPU's vector units, by the JDK's incubating Vector API. */
package io.shoal.kmeans.simd;
