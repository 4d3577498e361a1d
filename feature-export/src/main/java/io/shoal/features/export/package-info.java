/**
 * Features of the past as files: replays a history in the order in which it came, joins rows to
 * what was known at their time, and writes Parquet.
 */
package io.shoal.features.export;
