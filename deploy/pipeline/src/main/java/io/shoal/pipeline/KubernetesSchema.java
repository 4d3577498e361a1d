package io.shoal.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The section of a pipeline file that only a cluster reads: deploy/helm/shoal takes the whole file
 * for its values.
 */
final class KubernetesSchema {
  private KubernetesSchema() {}

  static ObjectNode generate() {
    ObjectNode node =
        PipelineSchema.object(
            JsonNodeFactory.instance.objectNode(), "How it runs on Kubernetes (docs/deploy.md).");
    ObjectNode properties = node.putObject("properties");
    text(properties, "image", "Image of registry, sidecars and, as one pod, the trainer.");
    text(properties, "flinkImage", "Image of the trainer as a Flink job.");
    words(properties, "pullPolicy", "When images are pulled.", "IfNotPresent", "Always", "Never");
    list(properties, "pullSecrets", "Secrets for the registry of the images.");
    text(
        properties,
        "secret",
        "Secret whose keys are environment variables of every service, for ${env:NAME}.");
    text(
        properties,
        "secretFiles",
        "Secret that is mounted at /etc/shoal-secrets in every service: tokens, certificates, keys.");
    text(
        properties,
        "featureSet",
        "Text of the file that 'features' names; 'shoal deploy' fills it in.");
    words(
        properties,
        "trainer",
        "flink: a FlinkDeployment for Flink's operator; pod: one pod with its checkpoints on a volume.",
        "flink",
        "pod");
    text(
        properties,
        "checkpoints",
        "URI of the folder for checkpoints and savepoints of a Flink job, such as s3://bucket/cards.");
    properties
        .putObject("registryReplicas")
        .put("type", "integer")
        .put("minimum", 1)
        .put("maximum", 5)
        .put("description", "Model registries; more than one needs registry's jdbc.url.");
    text(
        properties,
        "kafkaCluster",
        "Strimzi's Kafka whose operator is to keep the topics; without it the sidecar makes them.");
    flag(
        properties,
        "keda",
        "Let KEDA choose the number of sidecars, scaling.min to scaling.max, by lag.");
    text(
        properties,
        "kedaAuthentication",
        "TriggerAuthentication by which KEDA reaches a Kafka that asks who it is.");
    flag(properties, "monitoring", "ServiceMonitors and alert rules for Prometheus' operator.");
    flag(properties, "networkPolicies", "Let in only what the services need.");
    text(properties, "storageClass", "Of the volumes; empty: the cluster's default.");
    words(properties, "logFormat", "Form of the logs.", "json", "text");
    return node;
  }

  private static void text(ObjectNode properties, String name, String description) {
    properties.putObject(name).put("type", "string").put("description", description);
  }

  private static void flag(ObjectNode properties, String name, String description) {
    properties.putObject(name).put("type", "boolean").put("description", description);
  }

  private static void list(ObjectNode properties, String name, String description) {
    ObjectNode node =
        properties.putObject(name).put("type", "array").put("description", description);
    node.putObject("items").put("type", "string");
  }

  private static void words(
      ObjectNode properties, String name, String description, String... words) {
    ObjectNode node = properties.putObject(name).put("type", "string");
    for (String word : words) {
      node.withArray("/enum").add(word);
    }
    node.put("description", description);
  }
}
