/** What the console says of models: explanations, projections, histories. */
package io.shoal.console.model;
