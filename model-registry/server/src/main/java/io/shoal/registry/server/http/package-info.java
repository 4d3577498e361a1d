/** What the registry answers under {@code /api/v1}. */
package io.shoal.registry.server.http;
