/** Who calls, and what they may do. */
package io.shoal.registry.server.security;
