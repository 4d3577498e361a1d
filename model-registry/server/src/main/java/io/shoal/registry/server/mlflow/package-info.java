/**
 * MLflow's model registry REST API on this registry, so that MLflow's clients and what is built on
 * them work: registered models, versions, tags and aliases. Stages stand for aliases.
 */
package io.shoal.registry.server.mlflow;
