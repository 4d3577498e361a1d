/**
 * The model registry: numbers every version, keeps who promoted what and why, and announces the
 * versions that sidecars must hold. {@link io.shoal.registry.server.ModelRegistryServer} is the
 * list of parts.
 */
package io.shoal.registry.server;
