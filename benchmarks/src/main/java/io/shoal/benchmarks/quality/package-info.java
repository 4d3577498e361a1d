/** What learning is worth: frauds found on real data, and what each part contributes. */
@NullMarked
package io.shoal.benchmarks.quality;

import org.jspecify.annotations.NullMarked;
