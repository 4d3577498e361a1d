/**
 * YAML files that are held to a JSON Schema; whatever is wrong in one is said with its position.
 */
@NullMarked
package io.shoal.config.yaml;

import org.jspecify.annotations.NullMarked;
