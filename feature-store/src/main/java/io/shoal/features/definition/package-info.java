/**
 * Feature sets as people write them: the YAML, held to the published JSON Schema, its names
 * resolved; what is wrong is said with line and column.
 */
package io.shoal.features.definition;
