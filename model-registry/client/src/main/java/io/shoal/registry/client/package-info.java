/** How others speak with the model registry: the codec of its model versions. */
package io.shoal.registry.client;
