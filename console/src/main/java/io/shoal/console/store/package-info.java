/** What the console remembers of the stream: rows and sums in an embedded database. */
package io.shoal.console.store;
