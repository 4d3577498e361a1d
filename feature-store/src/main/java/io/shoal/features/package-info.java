/**
 * Features computed in the stream: the declared set, the window aggregates of an entity as one
 * compact value, and the memory bound of the stores that hold them.
 */
package io.shoal.features;
