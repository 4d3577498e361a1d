/**
 * What is kept of an entity's events: sparse hop buckets of window aggregates, held as one compact
 * value that is read and written once per event.
 */
package io.shoal.features.state;
