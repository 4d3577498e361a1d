/** The HTTP side of the console. */
package io.shoal.console.http;
