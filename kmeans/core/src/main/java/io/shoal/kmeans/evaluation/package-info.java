/** How good scores were, once labels came. */
package io.shoal.kmeans.evaluation;
