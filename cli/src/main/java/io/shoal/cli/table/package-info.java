/** Tables of users: comma-separated values, whatever wrote them, and what their cells say. */
package io.shoal.cli.table;
