/**
 * How others speak with the model registry: the codec of its model versions and its HTTP client.
 */
package io.shoal.registry.client;
