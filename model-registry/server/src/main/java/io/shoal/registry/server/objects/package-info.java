/** Where artifacts are kept outside the database. */
package io.shoal.registry.server.objects;
