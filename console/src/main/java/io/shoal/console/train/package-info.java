/** Training from a file that somebody chose in the page. */
package io.shoal.console.train;
